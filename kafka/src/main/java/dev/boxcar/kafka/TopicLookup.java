package dev.boxcar.kafka;

import dev.boxcar.PublishResult;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether records can be sent to a topic, and remembers the topics that brokers said do not exist: entries of these fail
 * at once, instead of waiting each time whether somebody creates the topic. For one thread.
 */
final class TopicLookup {

    private static final Logger log = LoggerFactory.getLogger(KafkaPublisher.class);
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int REMEMBERED = 1_000;

    /**
     * The state of a topic.
     *
     * @param problem why nothing can be sent, or null
     * @param passing whether a moment's waiting may help
     * @param missing whether a broker said that it does not exist
     */
    record Look(@Nullable Outcome problem, boolean passing, boolean missing) {

        static final Look READY = new Look(null, false, false);

        static Look missing(String topic, boolean passing) {
            return new Look(Outcome.missingTopic(topic), passing, true);
        }

        static Look unknown(String topic) {
            String reason = "the brokers do not answer where topic '" + topic + "' is";
            return new Look(new Outcome(PublishResult.unavailable(reason), false), true, false);
        }
    }

    private final String name;
    private final Map<String, Long> missing = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** Topics that no broker has said anything about yet, and whether that was logged. */
    private final Map<String, Boolean> unknown = new HashMap<>();

    TopicLookup(String name) {
        this.name = name;
    }

    Look look(String topic, LiveProducer producer, long now) {
        Long lookedAt = missing.get(topic);
        if (lookedAt != null && now - lookedAt < LOOK_AGAIN_NANOS) {
            return Look.missing(topic, false);
        }
        try {
            return switch (producer.look(topic)) {
                case READY -> found(topic, producer, now);
                case MISSING -> {
                    missing.computeIfPresent(topic, (t, at) -> now);
                    yield Look.missing(topic, lookedAt == null);
                }
                case UNKNOWN -> lookedAt == null ? unknown(topic) : Look.missing(topic, false);
            };
        } catch (RuntimeException e) {
            return new Look(Outcome.of(topic, e, producer.endReason()), false, false);
        }
    }

    /** Entries have waited for it in vain: the next ones need not. */
    void gaveUp(String topic, long now) {
        if (missing.put(topic, now) == null) {
            log.warn("{}: topic '{}' does not exist; its messages fail until it is created", name, topic);
        }
    }

    /** Entries have waited in vain to learn where it is, although the brokers answer others. */
    void stillUnknown(String topic) {
        if (Boolean.FALSE.equals(unknown.replace(topic, true))) {
            log.warn("{}: the brokers do not say where topic '{}' is; its messages wait", name, topic);
        }
    }

    private Look unknown(String topic) {
        if (unknown.size() < REMEMBERED) {
            unknown.putIfAbsent(topic, false);
        }
        return Look.unknown(topic);
    }

    private Look found(String topic, LiveProducer producer, long now) {
        if (!unknown.isEmpty() && unknown.remove(topic) != null) {
            producer.window().answered(now);
        }
        if (!missing.isEmpty() && missing.remove(topic) != null) {
            log.info("{}: topic '{}' exists now", name, topic);
        }
        return Look.READY;
    }
}
