package dev.boxcar.testkit;

import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.ReadPosition;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.spi.StoredEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads on and on from a storage, and remembers where it is. Not safe for use by several threads. */
public final class StorageReader {

    private static final int TOO_MANY_PAGES = 100_000;

    private final Function<ReadRequest, ReadPage> read;
    private final Set<Integer> partitions;
    private final NamespaceFilter namespaces;
    private @Nullable ReadPosition position;

    StorageReader(Function<ReadRequest, ReadPage> read, Set<Integer> partitions, NamespaceFilter namespaces) {
        this.read = read;
        this.partitions = Set.copyOf(partitions);
        this.namespaces = namespaces;
    }

    /** Where it is; null before the first page. */
    public @Nullable ReadPosition position() {
        return position;
    }

    /** Goes elsewhere; null is the start. */
    public StorageReader moveTo(@Nullable ReadPosition newPosition) {
        position = newPosition;
        return this;
    }

    /** Reads one page of so many entries. */
    public ReadPage page(int maxEntries) {
        return page(maxEntries, Long.MAX_VALUE);
    }

    /** Reads one page. */
    public ReadPage page(int maxEntries, long maxBytes) {
        ReadPage page = read.apply(new ReadRequest(partitions, namespaces, position, maxEntries, maxBytes));
        position = page.next();
        return page;
    }

    /** Reads pages until there is no more. */
    public List<StoredEntry> readOn(int maxEntries) {
        return readOn(maxEntries, Long.MAX_VALUE);
    }

    /** Reads pages until there is no more. */
    public List<StoredEntry> readOn(int maxEntries, long maxBytes) {
        List<StoredEntry> found = new ArrayList<>();
        for (int pages = 0; pages < TOO_MANY_PAGES; pages++) {
            ReadPage page = page(maxEntries, maxBytes);
            found.addAll(page.entries());
            if (!page.more()) {
                return found;
            }
        }
        throw new AssertionError("after " + TOO_MANY_PAGES + " pages the storage still says that there is more");
    }
}
