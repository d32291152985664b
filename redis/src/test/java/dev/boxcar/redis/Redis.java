package dev.boxcar.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.Publisher;
import dev.boxcar.testkit.Received;
import dev.boxcar.testservers.RedisServer;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the tests ask a real Redis for. */
final class Redis {

    private static final AtomicLong LAST = new AtomicLong(1_000);

    private Redis() {}

    /** What the work with a connection returns. */
    interface Work<T> {
        T with(RedisCommands<byte[], byte[]> commands) throws Exception;
    }

    /** Connects anew, since servers come and go. */
    static <T> T ask(RedisServer server, Work<T> work) throws Exception {
        try (RedisClient client = RedisClient.create(server.uri());
                StatefulRedisConnection<byte[], byte[]> connection = client.connect(ByteArrayCodec.INSTANCE)) {
            return work.with(connection.sync());
        }
    }

    static String newStream() {
        return "stream-" + LAST.incrementAndGet();
    }

    /** All entries of a stream, in their order. */
    static List<Map<String, byte[]>> read(RedisServer server, String stream) throws Exception {
        return ask(server, commands -> {
            List<Map<String, byte[]>> all = new ArrayList<>();
            commands.xrange(bytes(stream), Range.unbounded()).forEach(entry -> {
                Map<String, byte[]> fields = new HashMap<>();
                entry.getBody().forEach((name, value) -> fields.put(new String(name, UTF_8), value));
                all.add(fields);
            });
            return all;
        });
    }

    static List<String> texts(RedisServer server, String stream) throws Exception {
        return read(server, stream).stream()
                .map(fields -> text(fields.get(BoxcarFields.PAYLOAD)))
                .toList();
    }

    static Received received(Map<String, byte[]> entry) {
        Map<String, byte[]> fields = new HashMap<>(entry);
        byte[] key = fields.remove(BoxcarFields.KEY);
        byte[] type = fields.remove(BoxcarFields.TYPE);
        byte[] payload = Objects.requireNonNull(fields.remove(BoxcarFields.PAYLOAD));
        String id = text(fields.remove(BoxcarFields.ID));
        long created = Long.parseLong(text(fields.remove(BoxcarFields.CREATED)));
        fields.remove(BoxcarFields.NAMESPACE);
        Map<String, String> headers = new HashMap<>();
        fields.forEach((name, value) -> headers.put(name, text(value)));
        return new Received(key, payload, headers, id, type == null ? null : text(type), Instant.ofEpochMilli(created));
    }

    static String text(byte @Nullable [] value) {
        return new String(Objects.requireNonNull(value), UTF_8);
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    static ClaimedEntry entry(String namespace, Message message) {
        return new ClaimedEntry(
                LAST.incrementAndGet(),
                namespace.isEmpty() ? OutboxContext.DEFAULT : OutboxContext.ofNamespace(namespace),
                UUID.randomUUID().toString(),
                message.key(),
                message.payload(),
                message.headers(),
                message.type(),
                1,
                Instant.now());
    }

    static List<PublishResult> publish(Publisher publisher, ClaimedEntry... entries) throws Exception {
        var results = publisher.publish(List.of(entries)).toCompletableFuture().get(60, TimeUnit.SECONDS);
        return List.of(entries).stream()
                .map(entry -> Objects.requireNonNull(results.of(entry.id())))
                .toList();
    }
}
