package dev.boxcar.memory;

import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.spi.StoredEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The committed entries. Used under the storage's lock only. */
final class Entries {

    private record CommitAndId(long commit, long id) implements Comparable<CommitAndId> {
        @Override
        public int compareTo(CommitAndId that) {
            int byCommit = Long.compare(commit, that.commit);
            return byCommit != 0 ? byCommit : Long.compare(id, that.id);
        }
    }

    private final NavigableMap<Long, Row> byId = new TreeMap<>();
    private final NavigableMap<CommitAndId, Row> byCommit = new TreeMap<>();
    private long lastCommit;

    /** One commit: the rows become visible together. */
    void commit(List<Row> rows) {
        lastCommit++;
        rows.forEach(row -> put(row.committed(lastCommit)));
    }

    void put(Row row) {
        byId.put(row.id(), row);
        byCommit.put(new CommitAndId(row.commit(), row.id()), row);
    }

    @Nullable
    Row get(long id) {
        return byId.get(id);
    }

    void remove(Row row) {
        byId.remove(row.id());
        byCommit.remove(new CommitAndId(row.commit(), row.id()));
    }

    int count() {
        return byId.size();
    }

    @Nullable
    Row first() {
        return byId.isEmpty() ? null : byId.firstEntry().getValue();
    }

    ReadPage read(ReadRequest request, Position position, long now) {
        Position walk = position.walk(lastCommit);
        List<StoredEntry> page = new ArrayList<>();
        long bytes = 0;
        boolean cut = false;
        for (Row row : (Iterable<Row>) rowsOf(walk, request)::iterator) {
            bytes += row.entry().payload().length;
            if (page.size() == request.maxEntries() || (!page.isEmpty() && bytes > request.maxBytes())) {
                cut = true;
                break;
            }
            page.add(row.at(now));
        }
        Position next = cut ? walk.cutAt(page.get(page.size() - 1).entry().id()) : walk.finished();
        return new ReadPage(page, next, cut || walk.to() < lastCommit);
    }

    /** A walk from nothing follows the ids; a later one looks at the new commits only, whatever else there is. */
    private Stream<Row> rowsOf(Position walk, ReadRequest request) {
        Stream<Row> rows = walk.from() == 0
                ? byId.tailMap(walk.afterId(), false).values().stream().filter(row -> row.commit() <= walk.to())
                : byCommit
                        .subMap(
                                new CommitAndId(walk.from(), Long.MAX_VALUE),
                                false,
                                new CommitAndId(walk.to(), Long.MAX_VALUE),
                                true)
                        .values()
                        .stream()
                        .filter(row -> row.id() > walk.afterId())
                        .sorted(Comparator.comparingLong(Row::id));
        return rows.filter(row -> request.partitions().contains(row.partition())
                && request.namespaces().accepts(row.entry().namespace()));
    }
}
