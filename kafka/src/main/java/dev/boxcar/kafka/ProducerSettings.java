package dev.boxcar.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the producer: the user's, those that delivery and order depend on, and defaults. A setting of the user that
 * contradicts is refused, never repaired. Values are named in errors only where they cannot be secrets.
 */
final class ProducerSettings {

    static final Duration SHORTEST_PUBLISH_TIMEOUT = Duration.ofMillis(100);

    private static final AtomicInteger CLIENTS = new AtomicInteger();

    private final Map<String, Object> all;
    private final Timing timing;

    private ProducerSettings(Map<String, Object> all, Timing timing) {
        this.all = all;
        this.timing = timing;
    }

    static ProducerSettings of(Map<String, Object> user, Duration publishTimeout) {
        Map<String, Object> all = new HashMap<>(user);
        required(all);
        Timing timing = Timing.of(publishTimeout);
        forced(
                all,
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                "without it a retry inside the client breaks the order");
        forced(
                all,
                ProducerConfig.RETRIES_CONFIG,
                Integer.MAX_VALUE,
                "publishTimeout alone decides how long the client tries");
        forced(
                all,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                timing.deliveryMillis(),
                "it follows from publishTimeout; set that instead");
        forced(
                all,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                0L,
                "the publisher waits by itself and never blocks its thread");
        acksOfAll(all);
        forced(
                all,
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                1,
                "a broker that has not met the producer yet may refuse the first of several requests and take the second");
        serializer(all, ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG);
        serializer(all, ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG);
        if (all.containsKey(ProducerConfig.TRANSACTIONAL_ID_CONFIG)) {
            throw refused(
                    ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                    "",
                    "a fixed id would make processors fence each other; "
                            + "transactional(prefix) gives each of them one of its own");
        }
        waiting(all, timing);
        memory(all);
        // The 3.x clients log an error when a producer that pushes its metrics is closed in a callback.
        all.putIfAbsent(ProducerConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        all.putIfAbsent(ProducerConfig.CLIENT_ID_CONFIG, "boxcar-" + CLIENTS.incrementAndGet());
        return new ProducerSettings(all, timing);
    }

    /** What the client is given. May hold secrets: never to be logged. */
    Map<String, Object> all() {
        return all;
    }

    /** What a client that sends in transactions is given; its operations wait, so it needs a thread of its own. */
    Map<String, Object> transactional(String transactionalId) {
        Map<String, Object> transactional = new HashMap<>(all);
        transactional.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        transactional.put(ProducerConfig.CLIENT_ID_CONFIG, clientId() + "-" + CLIENTS.incrementAndGet());
        transactional.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) timing.blockMillis());
        transactional.putIfAbsent(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, Math.max(10_000, 2 * timing.publishMillis()));
        return transactional;
    }

    /**
     * How many bytes may be under way in a client: less than its memory, because a batch takes more than its records.
     */
    long mostUnderWay() {
        return (long) parsed(
                        ProducerConfig.BUFFER_MEMORY_CONFIG,
                        Objects.requireNonNull(all.get(ProducerConfig.BUFFER_MEMORY_CONFIG)),
                        ConfigDef.Type.LONG)
                / 4
                * 3;
    }

    Timing timing() {
        return timing;
    }

    String bootstrapServers() {
        Object value = Objects.requireNonNull(all.get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG));
        return value instanceof List<?> list
                ? String.join(",", list.stream().map(String::valueOf).toList())
                : value.toString();
    }

    String clientId() {
        return String.valueOf(all.get(ProducerConfig.CLIENT_ID_CONFIG));
    }

    private static void required(Map<String, Object> all) {
        all.forEach((name, value) -> {
            if (value == null) {
                throw new IllegalArgumentException(name + " must not be null");
            }
        });
        Object servers = all.get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG);
        if (servers == null || servers.toString().isBlank()) {
            throw new IllegalArgumentException(
                    ProducerConfig.BOOTSTRAP_SERVERS_CONFIG + " is required: where are the brokers?");
        }
    }

    private static void forced(Map<String, Object> all, String name, Object value, String reason) {
        Object given = all.get(name);
        if (given != null && !value.equals(parsed(name, given, typeOf(value)))) {
            throw refused(name, " (" + given + ")", "it must be " + value + ": " + reason);
        }
        all.put(name, value);
    }

    private static void acksOfAll(Map<String, Object> all) {
        Object given = all.get(ProducerConfig.ACKS_CONFIG);
        if (given != null && !List.of("all", "-1").contains(given.toString().trim())) {
            throw refused(
                    ProducerConfig.ACKS_CONFIG,
                    " (" + given + ")",
                    "it must be all: an entry is deleted once it is acknowledged, so the acknowledgement must be durable");
        }
        all.put(ProducerConfig.ACKS_CONFIG, "all");
    }

    private static void serializer(Map<String, Object> all, String name) {
        Object given = all.get(name);
        if (given != null
                && given != ByteArraySerializer.class
                && !ByteArraySerializer.class.getName().equals(given)) {
            throw refused(name, "", "keys and payloads are bytes already; leave it out");
        }
        all.put(name, ByteArraySerializer.class);
    }

    /** Lingering and one request must fit into the time for delivery. */
    private static void waiting(Map<String, Object> all, Timing timing) {
        int linger = intOf(all, ProducerConfig.LINGER_MS_CONFIG, 0);
        int longestLinger = timing.deliveryMillis() / 2;
        if (linger < 0 || linger > longestLinger) {
            throw refused(
                    ProducerConfig.LINGER_MS_CONFIG,
                    " (" + linger + ")",
                    "with publishTimeout " + timing.publishMillis() + " ms it must be from 0 to " + longestLinger);
        }
        int longestRequest = timing.deliveryMillis() - linger;
        int request = intOf(all, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, longestRequest);
        if (request < 1 || request > longestRequest) {
            throw refused(
                    ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                    " (" + request + ")",
                    "with publishTimeout " + timing.publishMillis() + " ms and " + ProducerConfig.LINGER_MS_CONFIG + " "
                            + linger + " it must be from 1 to " + longestRequest);
        }
    }

    /** The client's memory: each partition takes a whole batch of it, however little is in there. */
    private static void memory(Map<String, Object> all) {
        long batch = longOf(all, ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024);
        long request = longOf(all, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 1024 * 1024);
        long buffer = longOf(all, ProducerConfig.BUFFER_MEMORY_CONFIG, 64 * 1024 * 1024);
        if (buffer < Math.max(batch, request)) {
            throw refused(
                    ProducerConfig.BUFFER_MEMORY_CONFIG,
                    " (" + buffer + ")",
                    "it must hold a batch (" + ProducerConfig.BATCH_SIZE_CONFIG + " " + batch + ") and a request ("
                            + ProducerConfig.MAX_REQUEST_SIZE_CONFIG + " " + request
                            + "), or else what fits into neither is rejected");
        }
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, buffer);
    }

    private static long longOf(Map<String, Object> all, String name, long defaultValue) {
        Object given = all.get(name);
        if (given == null) {
            all.put(
                    name,
                    name.equals(ProducerConfig.BUFFER_MEMORY_CONFIG)
                            ? (Object) defaultValue
                            : (Object) (int) defaultValue);
            return defaultValue;
        }
        return (long) parsed(name, given, ConfigDef.Type.LONG);
    }

    private static int intOf(Map<String, Object> all, String name, int defaultValue) {
        // linger.ms is a long to the client, the others are integers; all fit.
        long value = (long) parsed(name, all.getOrDefault(name, defaultValue).toString(), ConfigDef.Type.LONG);
        int number = (int) Math.max(-1, Math.min(value, Integer.MAX_VALUE));
        all.put(name, name.equals(ProducerConfig.LINGER_MS_CONFIG) ? (Object) (long) number : (Object) number);
        return number;
    }

    private static ConfigDef.Type typeOf(Object value) {
        return value instanceof Boolean
                ? ConfigDef.Type.BOOLEAN
                : value instanceof Long ? ConfigDef.Type.LONG : ConfigDef.Type.INT;
    }

    private static Object parsed(String name, Object value, ConfigDef.Type type) {
        @Nullable Object parsed;
        try {
            parsed = ConfigDef.parseType(name, value.toString(), type);
        } catch (ConfigException e) {
            throw new IllegalArgumentException("the Kafka setting " + name + " (" + value + ") is not a " + type, e);
        }
        return Objects.requireNonNull(parsed);
    }

    private static IllegalArgumentException refused(String name, String value, String reason) {
        return new IllegalArgumentException("the Kafka setting " + name + value + " is refused: " + reason);
    }

    /**
     * How the time of a call is spent. What is not handed to the client by {@code sendBy} is not sent any more; the client
     * gives up a batch {@code deliveryMillis} after it was begun; what is still open at {@code endBy} is given up for good.
     *
     * @param publishMillis the whole: when the caller may stop waiting
     */
    record Timing(int publishMillis) {

        static Timing of(Duration publishTimeout) {
            if (publishTimeout.compareTo(SHORTEST_PUBLISH_TIMEOUT) < 0
                    || publishTimeout.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("publishTimeout (" + publishTimeout.toMillis() + " ms) must be from "
                        + SHORTEST_PUBLISH_TIMEOUT.toMillis() + " ms to one day");
            }
            return new Timing((int) publishTimeout.toMillis());
        }

        int deliveryMillis() {
            return publishMillis / 10 * 6;
        }

        /** How long a client that sends in transactions waits for the brokers before it is asked whether to go on. */
        int blockMillis() {
            return publishMillis / 10 * 3;
        }

        /** When a transaction is not repeated any more without what was refused. */
        long repeatByNanos() {
            return publishMillis * 600_000L;
        }

        long sendByNanos() {
            return publishMillis * 300_000L;
        }

        long endByNanos() {
            return publishMillis * 950_000L;
        }
    }
}
