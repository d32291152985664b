package dev.boxcar.jdbc;

import dev.boxcar.jdbc.GapPosition.Gap;
import dev.boxcar.spi.NamespaceFilter;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** How many rows a read looks at for each one that it may return. */
    private static final int MOST_LOOKED = 4;

    /** How often a read goes on by itself when all that it saw belongs to others. */
    private static final int MAX_ROUNDS = 20;

    /**
     * Which payloads come along with their rows.
     *
     * @param partitions of these partitions, one bit for each
     * @param namespaces and of these namespaces
     * @param largest and up to this many bytes
     */
    record Content(long partitions, NamespaceFilter namespaces, long largest) {

        static final Content NONE = new Content(0, NamespaceFilter.ALL, 0);
    }

    /** How a dialect finds what is new. */
    interface Finder {
        /**
         * A statement for the first entries by id in the gaps and above the top: the columns of {@link EntryRows}, and the size of
         * payload, key and headers. A payload may be null though it was asked for, never another one than the entry's; it is null
         * where a large key or large headers are null instead of theirs.
         */
        PreparedStatement find(Connection connection, List<Gap> gaps, long top, int limit, Content content)
                throws SQLException;
    }

    /** An entry of whatever partition; {@code stored} if it is wanted and came along. */
    private record Found(
            long id,
            int part,
            String namespace,
            long bytes,
            long createdMicros,
            @Nullable StoredEntry stored) {}

    /** What tells a gap from ids that follow one another, and how old it is. */
    private record Clock(long micros, long increment) {}

    private final Dialect dialect;
    private final Finder finder;
    private final String reload;
    private final String clock;
    private final LongSupplier nanoTime;
    private final AtomicLong run = new AtomicLong();

    /**
     * @param clock answers the time in microseconds and by how much ids that follow one another differ; empty where ids come in
     *     the order of the commits, so that there are no gaps to look at again
     */
    GapReader(Dialect dialect, TableNames names, Finder finder, String clock, LongSupplier nanoTime) {
        this.dialect = dialect;
        this.finder = finder;
        this.reload = names.in(dialect.database(), dialect.reload());
        this.clock = clock;
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

        int limit = limit(request);
        List<Found> found = find(connection, looked, position.top(), limit, request);
        List<Found> chosen = new ArrayList<>(request.maxEntries());
        List<Found> passed = pass(found, request, chosen);
        boolean more = passed.size() < found.size() || found.size() == limit;

        if (!looked.isEmpty()) {
            List<Long> passedIds = passed.stream().map(Found::id).toList();
            looked.forEach(gap -> subtract(gap, passedIds, gaps));
        }
        long top = noteGaps(connection, position, passed, now, gaps);
        List<Gap> next = cool(connection, gaps, now);
        return new ReadPage(
                complete(connection, chosen),
                new GapPosition(
                        currentRun, top, next, sweep && !more ? now : position.swept(), position.catchingUp() && more),
                more);
    }

    /** How many rows to look at: what belongs to others, or to other namespaces, lies between the wanted ones. */
    private static int limit(ReadRequest request) {
        int share = Dialect.PARTITIONS / Math.max(1, request.partitions().size());
        boolean all = request.namespaces().equals(NamespaceFilter.ALL);
        int times = all ? Math.max(1, Math.min(MOST_LOOKED, share)) : MOST_LOOKED;
        return Math.min(Math.max(MAX_LOOK, request.maxEntries()), times * request.maxEntries());
    }

    /** Chooses the wanted ones up to the limits; answers all that stand before the first one that did not fit. */
    private static List<Found> pass(List<Found> found, ReadRequest request, List<Found> chosen) {
        long bytes = 0;
        for (int i = 0; i < found.size(); i++) {
            Found one = found.get(i);
            if (wanted(request, one.part, one.namespace)) {
                boolean fits = chosen.size() < request.maxEntries() && bytes + one.bytes <= request.maxBytes();
                if (!fits && !chosen.isEmpty()) {
                    return found.subList(0, i);
                }
                chosen.add(one);
                bytes += one.bytes;
            }
        }
        return found;
    }

    private static boolean wanted(ReadRequest request, int part, String namespace) {
        return request.partitions().contains(part) && request.namespaces().accepts(namespace);
    }

    /** Adds the gaps between the new entries; answers the highest id that was looked at. */
    private long noteGaps(Connection connection, GapPosition position, List<Found> passed, long now, List<Gap> gaps)
            throws SQLException {
        long top = position.top();
        Clock read = null;
        for (Found one : passed) {
            if (one.id - top > 1 && !clock.isEmpty()) {
                read = read == null ? clock(connection) : read;
                if (one.id - top > read.increment) {
                    // The time of creation is what the writer says; what is new has been handed out just now.
                    addNew(gaps, top, one.id, position.catchingUp() ? since(one, read, now) : now, now);
                }
            }
            top = Math.max(top, one.id);
        }
        return top;
    }

    /** When its id had been handed out at the latest. */
    private static long since(Found one, Clock read, long now) {
        long ageMicros = Math.max(0, read.micros - one.createdMicros);
        return now - TimeUnit.MICROSECONDS.toNanos(Math.min(ageMicros, TimeUnit.NANOSECONDS.toMicros(2 * COLD)));
    }

    private Clock clock(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(clock);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new Clock(row.getLong(1), row.getLong(2));
        }
    }

    private List<Found> find(Connection connection, List<Gap> gaps, long top, int limit, ReadRequest request)
            throws SQLException {
        long bits = 0;
        for (int partition : request.partitions()) {
            bits |= 1L << partition;
        }
        // So a whole page of payloads that come along holds the limit; larger ones are fetched if they fit.
        Content content = new Content(bits, request.namespaces(), request.maxBytes() / limit);
        List<Found> found = new ArrayList<>();
        EntryRows entries = new EntryRows();
        try (PreparedStatement statement = finder.find(connection, gaps, top, limit, content);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                String namespace = rows.getString(2);
                int part = rows.getInt(10);
                byte[] payload = wanted(request, part, namespace) ? rows.getBytes(4) : null;
                found.add(new Found(
                        rows.getLong(1),
                        part,
                        namespace,
                        rows.getLong(12),
                        rows.getLong(8),
                        payload == null ? null : entries.read(rows, 1, payload)));
            }
        }
        return found;
    }

    /** The entries of these rows, with all payloads; without those that were deleted meanwhile. */
    private List<StoredEntry> complete(Connection connection, List<Found> chosen) throws SQLException {
        List<Long> missing =
                chosen.stream().filter(one -> one.stored == null).map(Found::id).toList();
        Map<Long, StoredEntry> fetched = missing.isEmpty() ? Map.of() : fetch(connection, missing);
        List<StoredEntry> entries = new ArrayList<>(chosen.size());
        for (Found one : chosen) {
            StoredEntry entry = one.stored != null ? one.stored : fetched.get(one.id);
            if (entry != null) {
                entries.add(entry);
            }
        }
        return entries;
    }

    private Map<Long, StoredEntry> fetch(Connection connection, List<Long> ids) throws SQLException {
        Map<Long, StoredEntry> fetched = new HashMap<>();
        EntryRows entries = new EntryRows();
        try (PreparedStatement statement = connection.prepareStatement(reload)) {
            dialect.bind(statement, 1, Column.longs(ids, id -> id));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    fetched.put(rows.getLong(1), entries.read(rows, 1));
                }
            }
        }
        return fetched;
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
            List<Long> written = written(connection, suspects);
            long lookedUpTo = written.size() < MAX_LOOK ? Long.MAX_VALUE : written.get(written.size() - 1);
            for (Gap gap : suspects) {
                split(gap, written, lookedUpTo, now, kept);
            }
        }
        kept.sort((a, b) -> Long.compare(a.low(), b.low()));
        return kept.size() <= MAX_GAPS ? kept : youngest(kept);
    }

    /** The ids in these gaps that somebody has written, committed or not. */
    private List<Long> written(Connection connection, List<Gap> gaps) throws SQLException {
        int before = connection.getTransactionIsolation();
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);
        try (PreparedStatement statement = finder.find(connection, gaps, Long.MAX_VALUE - 1, MAX_LOOK, Content.NONE);
                ResultSet rows = statement.executeQuery()) {
            List<Long> ids = new ArrayList<>();
            while (rows.next()) {
                ids.add(rows.getLong(1));
            }
            return ids;
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
