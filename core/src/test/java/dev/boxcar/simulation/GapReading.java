package dev.boxcar.simulation;

import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.ReadPosition;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.spi.StoredEntry;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Reads as databases must that have no snapshots to compare: remembers the ids that were missing below the highest one, and
 * looks at them again with each read.
 */
final class GapReading extends ForwardingStorage<InMemoryTransaction> {

    private final Set<Integer> everything;

    GapReading(OutboxStorage<InMemoryTransaction> storage) {
        super(storage);
        this.everything = IntStream.range(0, storage.partitions()).boxed().collect(Collectors.toSet());
    }

    /** How far a reader has come: all ids to {@code top} but for the missing ones. */
    private record Gaps(int top, BitSet missing) implements ReadPosition {

        @Override
        public ReadPosition merge(ReadPosition other) {
            Gaps that = (Gaps) other;
            int lower = Math.min(top, that.top);
            BitSet both = (BitSet) missing.clone();
            both.or(that.missing);
            both.clear(lower + 1, Math.max(lower + 1, both.length()));
            return new Gaps(lower, both);
        }
    }

    @Override
    public ReadPage read(ReadRequest request) {
        ReadPosition given = request.position();
        Gaps from = given == null ? new Gaps(0, new BitSet()) : (Gaps) given;
        BitSet missing = (BitSet) from.missing.clone();
        int top = from.top;
        List<StoredEntry> page = new ArrayList<>();
        long bytes = 0;
        boolean more = false;
        for (StoredEntry stored : all()) {
            int id = (int) stored.entry().id();
            if (id <= from.top && !from.missing.get(id)) {
                continue;
            }
            if (request.partitions().contains(stored.partition())
                    && request.namespaces().accepts(stored.entry().namespace())) {
                bytes += stored.entry().payload().length;
                if (page.size() == request.maxEntries() || (!page.isEmpty() && bytes > request.maxBytes())) {
                    more = true;
                    break;
                }
                page.add(stored);
            }
            if (id > top) {
                missing.set(top + 1, id);
                top = id;
            }
            missing.clear(id);
        }
        return new ReadPage(page, new Gaps(top, missing), more);
    }

    private List<StoredEntry> all() {
        return storage.read(new ReadRequest(everything, NamespaceFilter.ALL, null, Integer.MAX_VALUE, Long.MAX_VALUE))
                .entries();
    }
}
