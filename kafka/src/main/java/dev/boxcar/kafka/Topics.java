package dev.boxcar.kafka;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Chooses the topic of an entry, and knows the {@link Records} for it. For one thread at a time. */
final class Topics {

    /** What Kafka allows. */
    private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}");

    private static final int REMEMBERED = 1_000;

    /**
     * Where an entry goes: to a topic, or nowhere.
     *
     * @param topic the topic, or null
     * @param refusal why there is none, or null
     */
    record Route(@Nullable String topic, @Nullable PublishResult refusal) {}

    private final Function<ClaimedEntry, @Nullable String> choice;
    private final boolean varyWithinNamespace;
    private final Records records;
    private final Map<String, Route> byName = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Route> eldest) {
            return size() > REMEMBERED;
        }
    };

    private Topics(Function<ClaimedEntry, @Nullable String> choice, boolean varyWithinNamespace, Records records) {
        this.choice = choice;
        this.varyWithinNamespace = varyWithinNamespace;
        this.records = records;
    }

    /** The topic has the namespace's name. */
    static Topics namedAsNamespaces(@Nullable String defaultTopic) {
        return new Topics(
                entry -> entry.namespace().isEmpty() ? defaultTopic : entry.namespace(), false, Records.PLAIN);
    }

    static Topics chosenBy(Function<ClaimedEntry, @Nullable String> choice) {
        return new Topics(choice, true, Records.PLAIN);
    }

    /** The same with other records. */
    Topics with(Records other) {
        return new Topics(choice, varyWithinNamespace, other);
    }

    Records records() {
        return records;
    }

    /** Whether two entries of one namespace, and perhaps of one key, may go to different topics. */
    boolean varyWithinNamespace() {
        return varyWithinNamespace;
    }

    Route of(ClaimedEntry entry) {
        String name;
        try {
            name = choice.apply(entry);
        } catch (RuntimeException e) {
            // The text of the exception is the application's and may quote the message.
            return refused(PublishResult.failed("the function that chooses the topic failed: "
                    + e.getClass().getName()));
        }
        if (name == null || name.isEmpty()) {
            return refused(PublishResult.rejected(
                    entry.namespace().isEmpty()
                            ? "no topic for the default namespace: write in a namespace, or set defaultTopic"
                            : "no topic for namespace '" + entry.namespace() + "'"));
        }
        Route route = byName.get(name);
        if (route == null) {
            route = NAME.matcher(name).matches()
                    ? new Route(name, null)
                    : refused(
                            PublishResult.rejected("'" + name + "' is no valid name of a topic: Kafka allows up to 249 "
                                    + "letters, digits, dots, hyphens and underscores"));
            byName.put(name, route);
        }
        return route;
    }

    private static Route refused(PublishResult refusal) {
        return new Route(null, refusal);
    }
}
