package dev.boxcar;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One {@link PublishResult} for each entry of a {@link Publisher#publish} call, tied to entry ids, never to positions.
 *
 * <p>Immutable and safe to share.
 */
public final class PublishResults {

    private final Map<Long, PublishResult> byEntry;
    private final @Nullable PublishResult same;

    private PublishResults(Map<Long, PublishResult> byEntry, @Nullable PublishResult same) {
        this.byEntry = byEntry;
        this.same = same;
    }

    /** Every entry of the call was acknowledged. */
    public static PublishResults allSent() {
        return all(PublishResult.SENT);
    }

    /** The destination cannot be reached: nothing is known of any entry of the call. */
    public static PublishResults allUnavailable(String reason) {
        return all(PublishResult.unavailable(reason));
    }

    /** Every entry of the call has this result. */
    public static PublishResults all(PublishResult result) {
        return new PublishResults(Map.of(), result);
    }

    /** A builder for results that differ. */
    public static Builder builder() {
        return new Builder();
    }

    /** The result of an entry of the call, or null when the publisher gave none. */
    public @Nullable PublishResult of(long entryId) {
        return same != null ? same : byEntry.get(entryId);
    }

    /** The number of entries of the call which were not acknowledged. */
    public int failureCount(List<ClaimedEntry> entries) {
        return (int) entries.stream()
                .filter(entry -> !(of(entry.id()) instanceof PublishResult.Sent))
                .count();
    }

    @Override
    public String toString() {
        return same != null ? "PublishResults[all " + same + "]" : "PublishResults" + byEntry;
    }

    /** Collects results. Not safe for use by several threads. */
    public static final class Builder {
        private final Map<Long, PublishResult> byEntry = new HashMap<>();

        private Builder() {}

        /** The entry was acknowledged. */
        public Builder sent(ClaimedEntry entry) {
            return add(entry, PublishResult.SENT);
        }

        /** Sets an entry's result. The last one counts. */
        public Builder add(ClaimedEntry entry, PublishResult result) {
            byEntry.put(entry.id(), result);
            return this;
        }

        /** The results so far. */
        public PublishResults build() {
            return new PublishResults(new HashMap<>(byEntry), null);
        }
    }
}
