package dev.boxcar.jdbc;

import dev.boxcar.jdbc.GapPosition.Gap;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.ReadPosition;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.spi.StoredEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads where ids are handed out before they commit and the database tells no more: remembers the ids that it did not see
 * although it saw higher ones, and looks at these gaps again with every read. So what was read and deleted is not visited
 * again, nobody is waited for, and what commits late comes with the next read.
 *
 * <p>A read finds what is new with one statement, over all partitions, since an entry that belongs to another processor is no gap. A
 * page is the first part, by id, of what this statement saw and was not read before. An entry which was written when an earlier one of
 * its key had been committed has a higher id, and any statement that sees it sees the earlier one, too: they come in their order.
 *
 * <p>How long can an id be missing and still appear? As long as the transaction that wrote it is open: a dirty read shows its row. And
 * between the moment when an id is handed out and the moment when its row is written, which a dirty read cannot show: {@link #HOT} is
 * far more than an insert needs. After that a gap without a row is cold, for most of them are rolled back: it is looked at every
 * {@link #SWEEP} only, and given up after {@link #COLD}. A single statement that takes longer than {@link #HOT} from numbering a row
 * to writing it, as a slow INSERT … SELECT may, can be read late and out of order; one that takes longer than {@link #COLD}, not before the
 * next start.
 */
final class GapReader implements Reader {

    static final long HOT = TimeUnit.SECONDS.toNanos(60);
    static final long SWEEP = TimeUnit.SECONDS.toNanos(30);
    static final long COLD = TimeUnit.HOURS.toNanos(1);

    /** More than are handed out and not yet written at one moment. */
    private static final long MARGIN = 10_000;

    private static final int MAX_GAPS = 5_000;
    private static final int MAX_LOOK = 10_000;

    /** How often a read goes on by itself when all that it saw belongs to others. */
    private static final int MAX_ROUNDS = 20;

    /** How a dialect finds what is new. */
    interface Finder {
        /**
         * A statement for the first entries by id in the gaps and above the top: id, partition, namespace, bytes, age in seconds,
         * and by how much ids that follow one another differ.
         */
        PreparedStatement find(Connection connection, List<Gap> gaps, long top, int limit) throws SQLException;
    }

    /** An entry without its content. {@code since} tells when its id had been handed out at the latest. */
    private record Found(long id, int part, String namespace, long bytes, long since, long increment) {}

    private final Dialect dialect;
    private final Finder finder;
    private final String reload;
    private final LongSupplier nanoTime;
    private final AtomicLong run = new AtomicLong();

    GapReader(Dialect dialect, TableNames names, Finder finder, LongSupplier nanoTime) {
        this.dialect = dialect;
        this.finder = finder;
        this.reload = names.in(dialect.database(), dialect.reload());
        this.nanoTime = nanoTime;
    }

    @Override
    public void serverChanged() {
        run.incrementAndGet();
    }

    @Override
    public ReadPage read(Connections connections, ReadRequest request) {
        return connections.each("reading entries", connection -> read(connection, request));
    }

    private ReadPage read(Connection connection, ReadRequest request) throws SQLException {
        ReadPosition given = request.position();
        GapPosition position = given == null ? null : (GapPosition) given;
        ReadPage page = page(connection, request, position);
        for (int i = 1; i < MAX_ROUNDS && page.entries().isEmpty() && page.more(); i++) {
            page = page(connection, request, (GapPosition) page.next());
        }
        return page;
    }

    private ReadPage page(Connection connection, ReadRequest request, @Nullable GapPosition given) throws SQLException {
        long now = nanoTime.getAsLong();
        long currentRun = run.get();
        GapPosition position = given == null || given.run() != currentRun ? GapPosition.start(currentRun, now) : given;
        boolean sweep = now - position.swept() > SWEEP;
        List<Gap> looked = new ArrayList<>();
        List<Gap> gaps = new ArrayList<>(); // the next position's
        position.gaps().forEach(gap -> (sweep || !gap.cold() ? looked : gaps).add(gap));

        int limit = Math.min(Math.max(MAX_LOOK, request.maxEntries()), 4 * request.maxEntries());
        List<Found> found = find(connection, looked, position.top(), limit, now);
        List<Long> chosen = new ArrayList<>();
        List<Found> passed = pass(found, request, chosen);
        boolean more = passed.size() < found.size() || found.size() == limit;

        List<Long> passedIds = passed.stream().map(Found::id).toList();
        for (Gap gap : looked) {
            subtract(gap, passedIds, gaps);
        }
        long top = position.top();
        for (Found one : passed) {
            if (one.id > top) {
                if (one.id - top > one.increment) {
                    // The time of creation is what the writer says; what is new has been handed out just now.
                    addNew(gaps, top, one.id, position.catchingUp() ? one.since : now, now);
                }
                top = one.id;
            }
        }
        List<Gap> next = cool(connection, gaps, now);
        return new ReadPage(
                contents(connection, chosen),
                new GapPosition(
                        currentRun, top, next, sweep && !more ? now : position.swept(), position.catchingUp() && more),
                more);
    }

    /** Chooses the wanted ones up to the limits; answers all that stand before the first one that did not fit. */
    private static List<Found> pass(List<Found> found, ReadRequest request, List<Long> chosen) {
        long bytes = 0;
        for (int i = 0; i < found.size(); i++) {
            Found one = found.get(i);
            if (request.partitions().contains(one.part) && request.namespaces().accepts(one.namespace)) {
                boolean fits = chosen.size() < request.maxEntries() && bytes + one.bytes <= request.maxBytes();
                if (!fits && !chosen.isEmpty()) {
                    return found.subList(0, i);
                }
                chosen.add(one.id);
                bytes += one.bytes;
            }
        }
        return found;
    }

    private List<Found> find(Connection connection, List<Gap> gaps, long top, int limit, long now) throws SQLException {
        List<Found> found = new ArrayList<>();
        try (PreparedStatement statement = finder.find(connection, gaps, top, limit);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                long age = TimeUnit.SECONDS.toNanos(Math.max(0, rows.getLong(5)));
                found.add(new Found(
                        rows.getLong(1),
                        rows.getInt(2),
                        rows.getString(3),
                        rows.getLong(4),
                        now - Math.min(age, 2 * COLD),
                        rows.getLong(6)));
            }
        }
        return found;
    }

    private List<StoredEntry> contents(Connection connection, List<Long> ids) throws SQLException {
        List<StoredEntry> entries = new ArrayList<>(ids.size());
        EntryRows each = new EntryRows();
        if (ids.isEmpty()) {
            return entries;
        }
        try (PreparedStatement statement = connection.prepareStatement(reload)) {
            dialect.bind(statement, 1, Column.longs(ids, id -> id));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    entries.add(each.read(rows, 1));
                }
            }
        }
        return entries;
    }

    /** What is left of a gap without these ids, which are in rising order. */
    private static void subtract(Gap gap, List<Long> ids, List<Gap> left) {
        long low = gap.low();
        int found = Collections.binarySearch(ids, low);
        for (int i = found < 0 ? -found - 1 : found; i < ids.size() && ids.get(i) <= gap.high(); i++) {
            if (ids.get(i) > low) {
                left.add(gap.between(low, ids.get(i) - 1));
            }
            low = ids.get(i) + 1;
        }
        if (low <= gap.high()) {
            left.add(gap.between(low, gap.high()));
        }
    }

    /** Everything below the first entry of all is one gap, of which only the end can be recent. */
    private static void addNew(List<Gap> gaps, long top, long above, long since, long now) {
        long low = top + 1;
        if (top == 0 && above - MARGIN > low) {
            long longAgo = now - HOT - 1;
            gaps.add(new Gap(low, above - MARGIN - 1, since - longAgo < 0 ? since : longAgo, false));
            low = above - MARGIN;
        }
        gaps.add(new Gap(low, above - 1, since, false));
    }

    /** Gaps that are old enough stay hot only where a dirty read shows rows. */
    private List<Gap> cool(Connection connection, List<Gap> gaps, long now) throws SQLException {
        List<Gap> kept = new ArrayList<>();
        List<Gap> suspects = new ArrayList<>();
        for (Gap gap : gaps) {
            if (gap.cold() ? now - gap.since() <= COLD : now - gap.since() <= HOT) {
                kept.add(gap);
            } else if (!gap.cold()) {
                suspects.add(gap);
            }
        }
        if (!suspects.isEmpty()) {
            List<Long> written = written(connection, suspects, now);
            long lookedUpTo = written.size() < MAX_LOOK ? Long.MAX_VALUE : written.get(written.size() - 1);
            for (Gap gap : suspects) {
                split(gap, written, lookedUpTo, now, kept);
            }
        }
        kept.sort((a, b) -> Long.compare(a.low(), b.low()));
        return kept.size() <= MAX_GAPS ? kept : youngest(kept);
    }

    /** The ids in these gaps that somebody has written, committed or not. */
    private List<Long> written(Connection connection, List<Gap> gaps, long now) throws SQLException {
        int before = connection.getTransactionIsolation();
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);
        try {
            return find(connection, gaps, Long.MAX_VALUE - 1, MAX_LOOK, now).stream()
                    .map(Found::id)
                    .toList();
        } finally {
            connection.setTransactionIsolation(before);
        }
    }

    private static void split(Gap gap, List<Long> written, long lookedUpTo, long now, List<Gap> kept) {
        if (gap.high() > lookedUpTo) {
            kept.add(new Gap(gap.low(), gap.high(), now, false));
            return;
        }
        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        for (long id : written) {
            if (id >= gap.low() && id <= gap.high()) {
                first = Math.min(first, id);
                last = Math.max(last, id);
            }
        }
        List<Gap> rest = new ArrayList<>();
        if (first > last) {
            rest.add(gap);
        } else {
            kept.add(new Gap(first, last, now, false));
            rest.add(gap.between(gap.low(), first - 1));
            rest.add(gap.between(last + 1, gap.high()));
        }
        for (Gap cold : rest) {
            if (cold.low() <= cold.high() && now - cold.since() <= COLD) {
                kept.add(new Gap(cold.low(), cold.high(), cold.since(), true));
            }
        }
    }

    private static List<Gap> youngest(List<Gap> gaps) {
        List<Gap> byAge = new ArrayList<>(gaps);
        byAge.sort((a, b) -> Long.compare(b.since() - a.since(), 0));
        List<Gap> kept = new ArrayList<>(byAge.subList(0, MAX_GAPS));
        kept.sort((a, b) -> Long.compare(a.low(), b.low()));
        return kept;
    }
}
