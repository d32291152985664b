package dev.boxcar.redis;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Chooses the stream of an entry. Immutable and safe to share if the application's function is. */
final class Streams {

    /** An entry that cannot go anywhere. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient PublishResult result;

        private RefusedException(PublishResult result) {
            this.result = result;
        }

        PublishResult result() {
            return result;
        }
    }

    private final Function<ClaimedEntry, @Nullable String> choice;

    private Streams(Function<ClaimedEntry, @Nullable String> choice) {
        this.choice = choice;
    }

    /** The stream is the namespace. */
    static Streams namedAsNamespaces(@Nullable String defaultStream) {
        return new Streams(entry -> entry.namespace().isEmpty() ? defaultStream : entry.namespace());
    }

    static Streams chosenBy(Function<ClaimedEntry, @Nullable String> choice) {
        return new Streams(choice);
    }

    String of(ClaimedEntry entry) throws RefusedException {
        String stream;
        try {
            stream = choice.apply(entry);
        } catch (RuntimeException e) {
            // The text of the exception is the application's and may quote the message.
            throw new RefusedException(PublishResult.failed("the function that chooses the stream failed: "
                    + e.getClass().getName()));
        }
        if (stream == null || stream.isEmpty()) {
            throw new RefusedException(PublishResult.rejected(
                    entry.namespace().isEmpty()
                            ? "no stream for the default namespace: write in a namespace, or set defaultStream"
                            : "no stream for namespace '" + entry.namespace() + "'"));
        }
        return stream;
    }
}
