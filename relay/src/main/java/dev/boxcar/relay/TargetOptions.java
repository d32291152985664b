package dev.boxcar.relay;

import dev.boxcar.CloudEvents;
import dev.boxcar.Publisher;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One kind of place that messages can go to: the option that chooses it, and those that only it has. */
interface TargetOptions extends SettingOptions {

    /** The option that chooses it, such as {@code --kafka}. */
    String option();

    /** What it is called, such as {@code Kafka}. */
    String title();

    /** Whether messages shall go there. */
    boolean isChosen();

    /** The values of the options that make no sense without it; null where one is not set. */
    Map<String, @Nullable String> details();

    /**
     * A publisher.
     *
     * @throws IllegalArgumentException when a setting is refused
     */
    Opened open(Common common);

    @Override
    default String heading() {
        return DestinationOptions.HEADING;
    }

    /**
     * Options that several kinds have.
     *
     * @param topic where messages of the default namespace go
     * @param events what makes each message a CloudEvent
     */
    record Common(@Nullable String topic, @Nullable CloudEvents events, Duration publishTimeout) {

        void topic(Consumer<String> use) {
            ifSet(topic, use);
        }

        void events(Consumer<CloudEvents> use) {
            ifSet(events, use);
        }
    }

    /** A publisher and what closes it. */
    record Opened(Publisher publisher, Runnable closing) implements AutoCloseable {
        @Override
        public void close() {
            closing.run();
        }
    }

    /** Uses a value that somebody has set. */
    static <T> void ifSet(@Nullable T value, Consumer<T> use) {
        if (value != null) {
            use.accept(value);
        }
    }
}
