package dev.boxcar.spi;

import dev.boxcar.ClaimedEntry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An entry as the storage holds it.
 *
 * @param entry the entry; its attempt is one more than the attempts used up
 * @param partition the partition that it belongs to
 * @param delayMillis how long it must wait for its next attempt, by the database's clock; 0 when it is due
 * @param defect why it can never be published (for example headers that cannot be read), or null
 */
public record StoredEntry(
        ClaimedEntry entry,
        int partition,
        long delayMillis,
        @Nullable String defect) {
    /** Checks for null. */
    public StoredEntry {
        Objects.requireNonNull(entry, "entry");
    }
}
