package dev.boxcar.rabbitmq;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Chooses the route of an entry. Immutable and safe to share if the application's function is. */
final class Routes {

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

    private final Function<ClaimedEntry, @Nullable RabbitMqRoute> choice;

    private Routes(Function<ClaimedEntry, @Nullable RabbitMqRoute> choice) {
        this.choice = choice;
    }

    /** To one exchange; the routing key is the namespace. */
    static Routes namedAsNamespaces(String exchange, @Nullable String defaultRoutingKey) {
        return new Routes(entry -> {
            String key = entry.namespace().isEmpty() ? defaultRoutingKey : entry.namespace();
            return key == null ? null : new RabbitMqRoute(exchange, key);
        });
    }

    static Routes chosenBy(Function<ClaimedEntry, @Nullable RabbitMqRoute> choice) {
        return new Routes(choice);
    }

    RabbitMqRoute of(ClaimedEntry entry) throws RefusedException {
        RabbitMqRoute route;
        try {
            route = choice.apply(entry);
        } catch (RuntimeException e) {
            // The text of the exception is the application's and may quote the message.
            throw new RefusedException(PublishResult.failed("the function that chooses the route failed: "
                    + e.getClass().getName()));
        }
        if (route == null) {
            throw new RefusedException(PublishResult.rejected(
                    entry.namespace().isEmpty()
                            ? "no route for the default namespace: write in a namespace, or set defaultRoutingKey"
                            : "no route for namespace '" + entry.namespace() + "'"));
        }
        return route;
    }
}
