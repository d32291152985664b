package dev.boxcar.jms;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the queue or topic of an entry. Safe for use by several threads if the choice is.
 *
 * @param choice the name for each entry
 * @param topics whether these are names of topics
 */
record Addresses(Function<ClaimedEntry, @Nullable String> choice, boolean topics) {

    /**
     * Where an entry goes: to a destination of this name, or nowhere.
     *
     * @param name the destination's name; empty when there is none
     * @param refusal why there is none, or null
     */
    record Address(String name, @Nullable PublishResult refusal) {}

    /** Queues with the names of the namespaces. */
    static Addresses namedAsNamespaces(@Nullable String defaultQueue) {
        return new Addresses(entry -> entry.namespace().isEmpty() ? defaultQueue : entry.namespace(), false);
    }

    Address of(ClaimedEntry entry) {
        String name;
        try {
            name = choice.apply(entry);
        } catch (RuntimeException e) {
            // The text of the exception is the application's and may quote the message.
            return new Address(
                    "",
                    PublishResult.failed("the function that chooses the destination failed: "
                            + e.getClass().getName()));
        }
        if (name == null || name.isEmpty()) {
            return new Address(
                    "",
                    PublishResult.rejected(
                            entry.namespace().isEmpty()
                                    ? "no destination for the default namespace: write in a namespace, or set defaultQueue"
                                    : "no destination for namespace '" + entry.namespace() + "'"));
        }
        return new Address(name, null);
    }

    Destination destination(Session session, String name) throws JMSException {
        return topics ? session.createTopic(name) : session.createQueue(name);
    }
}
