package dev.boxcar;

import java.util.Objects;

/** What became of one entry in a {@link Publisher#publish} call. */
public sealed interface PublishResult {

    /** The destination acknowledged the message durably. */
    record Sent() implements PublishResult {}

    /**
     * The message itself could not be published: too large, unroutable, refused by a policy.
     *
     * @param reason what went wrong, for the person on call; must not contain payload or key
     * @param retryable whether another attempt may succeed; if not, the entry goes to the dead letters at once (or its key
     *     is held, by the retry policy)
     */
    record Failed(String reason, boolean retryable) implements PublishResult {
        public Failed {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * The destination could not be reached or did not answer; the message may or may not have arrived. Uses up no attempt.
     *
     * @param reason what went wrong, for the person on call
     */
    record Unavailable(String reason) implements PublishResult {
        public Unavailable {
            Objects.requireNonNull(reason, "reason");
        }
    }

    /**
     * The message did not take effect because another one of the call failed: an earlier one of its key, or any where the
     * destination takes a batch as a whole. Or there was no room for it, or no answer, in time, although the destination answers
     * others. Uses up no attempt, and says nothing about the destination; it goes with a later call.
     */
    record Skipped() implements PublishResult {}

    /** The shared {@link Sent}. */
    PublishResult SENT = new Sent();

    /** The shared {@link Skipped}. */
    PublishResult SKIPPED = new Skipped();

    /** A failure of the message that may pass. */
    static PublishResult failed(String reason) {
        return new Failed(reason, true);
    }

    /** A failure of the message that will not pass. */
    static PublishResult rejected(String reason) {
        return new Failed(reason, false);
    }

    /** The destination cannot be reached. */
    static PublishResult unavailable(String reason) {
        return new Unavailable(reason);
    }
}
