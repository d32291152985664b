package dev.boxcar.nats;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Chooses the subject of an entry. Immutable and safe to share if the application's function is. */
final class Subjects {

    /** Tokens between dots; without blanks, and without what only subscribers may write. */
    private static final Pattern VALID = Pattern.compile("[^\\s\\p{Cntrl}.*>]+(\\.[^\\s\\p{Cntrl}.*>]+)*");

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

    private Subjects(Function<ClaimedEntry, @Nullable String> choice) {
        this.choice = choice;
    }

    /** The subject is the namespace. */
    static Subjects namedAsNamespaces(@Nullable String defaultSubject) {
        return new Subjects(entry -> entry.namespace().isEmpty() ? defaultSubject : entry.namespace());
    }

    static Subjects chosenBy(Function<ClaimedEntry, @Nullable String> choice) {
        return new Subjects(choice);
    }

    String of(ClaimedEntry entry) throws RefusedException {
        String subject;
        try {
            subject = choice.apply(entry);
        } catch (RuntimeException e) {
            // The text of the exception is the application's and may quote the message.
            throw new RefusedException(PublishResult.failed("the function that chooses the subject failed: "
                    + e.getClass().getName()));
        }
        if (subject == null || subject.isEmpty()) {
            throw new RefusedException(PublishResult.rejected(
                    entry.namespace().isEmpty()
                            ? "no subject for the default namespace: write in a namespace, or set defaultSubject"
                            : "no subject for namespace '" + entry.namespace() + "'"));
        }
        if (!VALID.matcher(subject).matches()) {
            throw new RefusedException(PublishResult.rejected("the subject for namespace '" + entry.namespace()
                    + "' is not valid: NATS wants tokens separated by dots, without blanks, '*' and '>'"));
        }
        return subject;
    }
}
