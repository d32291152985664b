package dev.boxcar.kafka;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions that did not take what was sent to them in time, for example because they have no leader or too few replicas. Calls
 * send one entry of a key at a time to their topics: when it does not come through either, nothing can overtake it, and the
 * client, which others use as well, need not be ended for it. Safe for use by several threads.
 */
final class Troubles {

    private static final Logger log = LoggerFactory.getLogger(KafkaPublisher.class);
    private static final long FORGOTTEN_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** What did not come through: when for the last time, and how often in a row. */
    private record Trouble(long last, int times) {}

    private final String name;
    private final Map<String, Map<TopicPartition, Trouble>> byTopic = new ConcurrentHashMap<>();

    Troubles(String name) {
        this.name = name;
    }

    /** A record did not come through. */
    void add(TopicPartition partition, String reason, boolean othersAreFine, long now) {
        Trouble trouble = byTopic.computeIfAbsent(partition.topic(), topic -> new ConcurrentHashMap<>())
                .merge(partition, new Trouble(now, 1), (before, one) -> new Trouble(now, before.times + 1));
        // Once may be a broker that stalled.
        if (trouble.times == 1 && othersAreFine) {
            log.info(
                    "{}: partition {} of topic '{}' did not answer in time, while others do; what it was sent goes again, and "
                            + "may arrive twice: {}",
                    name,
                    partition.partition(),
                    partition.topic(),
                    reason);
        } else if (trouble.times == 2 && othersAreFine) {
            log.warn(
                    "{}: partition {} of topic '{}' takes no messages while others do; its messages wait, no attempt is used "
                            + "up: {}",
                    name,
                    partition.partition(),
                    partition.topic(),
                    reason);
        }
    }

    /** A record came through. */
    void remove(TopicPartition partition) {
        if (!byTopic.isEmpty()) {
            byTopic.computeIfPresent(partition.topic(), (topic, partitions) -> {
                partitions.remove(partition);
                return partitions.isEmpty() ? null : partitions;
            });
        }
    }

    /** Whether some partition of a topic has trouble. What is not heard of any more is forgotten. */
    boolean has(String topic, long now) {
        Map<TopicPartition, Trouble> partitions = byTopic.isEmpty() ? null : byTopic.get(topic);
        if (partitions == null) {
            return false;
        }
        partitions.values().removeIf(trouble -> now - trouble.last > FORGOTTEN_NANOS);
        byTopic.computeIfPresent(topic, (t, rest) -> rest.isEmpty() ? null : rest);
        return byTopic.containsKey(topic);
    }
}
