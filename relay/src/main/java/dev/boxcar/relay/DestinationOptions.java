package dev.boxcar.relay;

import dev.boxcar.CloudEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the messages go. */
final class DestinationOptions implements SettingOptions {

    static final String HEADING = "Destination";

    /** Those in which a namespace has a place of its own, so that the default namespace needs one. */
    private static final Set<String> WITH_TOPICS = Set.of("--kafka", "--rabbitmq", "--nats", "--redis");

    private static final Set<String> WITH_CLOUD_EVENTS = Set.of("--kafka", "--rabbitmq", "--nats", "--webhook");

    @Mixin
    private KafkaOptions kafka = new KafkaOptions();

    @Mixin
    private RabbitMqOptions rabbitMq = new RabbitMqOptions();

    @Mixin
    private NatsOptions nats = new NatsOptions();

    @Mixin
    private RedisOptions redis = new RedisOptions();

    @Mixin
    private WebhookOptions webhook = new WebhookOptions();

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            description =
                    "The topic (RabbitMQ: routing key, NATS: subject, Redis: stream) of messages in the default namespace; "
                            + "without it they are not published but set aside as dead letters.")
    @Nullable
    String topic;

    @Option(
            names = "--cloudevents-source",
            paramLabel = "URI",
            description = "Make each message an event of the CloudEvents specification (binary mode) with this source.")
    @Nullable
    String cloudEventsSource;

    @Option(
            names = "--stdout-publisher",
            description =
                    "Write messages to standard output as JSON lines: a payload or key that is valid UTF-8 as text, "
                            + "others in base64. The default when neither --url nor a destination is given.")
    boolean stdout;

    @Override
    public String heading() {
        return HEADING;
    }

    private List<TargetOptions> targets() {
        return List.of(kafka, rabbitMq, nats, redis, webhook);
    }

    /** What was chosen, or null for standard output. */
    @Nullable
    TargetOptions target() {
        return targets().stream().filter(TargetOptions::isChosen).findFirst().orElse(null);
    }

    /**
     * Refuses what contradicts itself, and what could go wrong silently.
     *
     * @param embedded whether no database was named
     * @throws IllegalArgumentException with a text for the user
     */
    void check(boolean embedded) {
        List<String> chosen = new ArrayList<>();
        targets().stream()
                .filter(TargetOptions::isChosen)
                .map(TargetOptions::option)
                .forEach(chosen::add);
        if (stdout) {
            chosen.add("--stdout-publisher");
        }
        if (chosen.size() > 1) {
            throw new IllegalArgumentException(
                    String.join(" and ", chosen.subList(0, 2)) + " are both set; where should messages go?");
        }
        if (chosen.isEmpty() && !embedded) {
            throw new IllegalArgumentException("where should messages go? Give --kafka HOST:PORT, --rabbitmq, --nats, "
                    + "--redis or --webhook, or --stdout-publisher to see them here");
        }
        TargetOptions target = target();
        if (target != null && embedded) {
            throw new IllegalArgumentException(target.option()
                    + " needs --url: a relay that quietly watches an empty embedded database helps nobody");
        }
        for (TargetOptions other : targets()) {
            other.details().forEach((option, value) -> requireFor(option, value, Set.of(other.option()), target));
        }
        requireFor("--topic", topic, WITH_TOPICS, target);
        requireFor("--cloudevents-source", cloudEventsSource, WITH_CLOUD_EVENTS, target);
    }

    private static void requireFor(
            String option, @Nullable String value, Set<String> needed, @Nullable TargetOptions target) {
        if (value != null && (target == null || !needed.contains(target.option()))) {
            throw new IllegalArgumentException(
                    option + " needs " + needed.stream().sorted().collect(Collectors.joining(" or ")));
        }
    }

    /**
     * The publisher to what was chosen.
     *
     * @throws IllegalArgumentException when a setting is refused
     */
    TargetOptions.Opened open(TargetOptions target, Duration publishTimeout) {
        String source = cloudEventsSource;
        return target.open(
                new TargetOptions.Common(topic, source == null ? null : CloudEvents.of(source), publishTimeout));
    }
}
