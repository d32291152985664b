package dev.boxcar.kafka;

import dev.boxcar.PublishResult;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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

    /** Topics that no broker has said anything about yet, with the time since when. */
    private final Map<String, Long> unknown = new HashMap<>();

    /** Those of them that were logged. */
    private final Set<String> told = new HashSet<>();

    private final long patienceNanos;

    /** @param patienceNanos how long brokers may say nothing about a topic until that is worth a warning */
    TopicLookup(String name, long patienceNanos) {
        this.name = name;
        this.patienceNanos = patienceNanos;
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
                case UNKNOWN -> lookedAt == null ? unknown(topic, now) : Look.missing(topic, false);
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

    /**
     * Entries have waited in vain to learn where it is, although the brokers answer others. They may have waited for other things before:
     * a client that has just been started asks for many topics at once.
     */
    void stillUnknown(String topic, long now) {
        Long since = unknown.get(topic);
        if (since != null && now - since >= patienceNanos && told.add(topic)) {
            log.warn("{}: the brokers do not say where topic '{}' is; its messages wait", name, topic);
        }
    }

    private Look unknown(String topic, long now) {
        if (unknown.size() < REMEMBERED) {
            unknown.putIfAbsent(topic, now);
        }
        return Look.unknown(topic);
    }

    private Look found(String topic, LiveProducer producer, long now) {
        if (!unknown.isEmpty() && unknown.remove(topic) != null) {
            told.remove(topic);
            producer.window().answered(now);
        }
        if (!missing.isEmpty() && missing.remove(topic) != null) {
            log.info("{}: topic '{}' exists now", name, topic);
        }
        return Look.READY;
    }
}
