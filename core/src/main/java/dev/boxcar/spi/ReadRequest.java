package dev.boxcar.spi;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What to read.
 *
 * @param partitions the partitions whose entries are wanted
 * @param namespaces the namespaces whose entries are wanted
 * @param position where the last page ended, or null to start from nothing
 * @param maxEntries the largest number of entries, at least 1
 * @param maxBytes about the largest sum of the sizes of payloads, keys and headers, except that one entry is always
 *     returned; whatever sizes they have, a storage must not hold much more than this in memory
 */
public record ReadRequest(
        Set<Integer> partitions,
        NamespaceFilter namespaces,
        @Nullable ReadPosition position,
        int maxEntries,
        long maxBytes) {
    /** Checks the limits and copies the partitions. */
    public ReadRequest {
        if (maxEntries < 1 || maxBytes < 1) {
            throw new IllegalArgumentException(
                    "maxEntries (" + maxEntries + ") and maxBytes (" + maxBytes + ") must be positive");
        }
        partitions = java.util.Collections.unmodifiableSet(new TreeSet<>(partitions));
    }
}
