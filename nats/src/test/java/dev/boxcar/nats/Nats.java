package dev.boxcar.nats;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.Publisher;
import dev.boxcar.testkit.Received;
import dev.boxcar.testservers.NatsServer;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Options;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.impl.Headers;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the tests ask a real NATS for. */
final class Nats {

    private static final AtomicLong LAST = new AtomicLong(1_000);

    private static final Set<String> OURS = Set.of(
            BoxcarHeaders.ID,
            BoxcarHeaders.KEY,
            BoxcarHeaders.TYPE,
            BoxcarHeaders.CREATED,
            BoxcarHeaders.NAMESPACE,
            BoxcarHeaders.DUPLICATES);

    private Nats() {}

    /** What the work with a connection returns. */
    interface Work<T> {
        T with(Connection connection) throws Exception;
    }

    /** Connects anew, since servers come and go. */
    static <T> T ask(NatsServer server, Work<T> work) throws Exception {
        Options options =
                new Options.Builder().server(server.url()).noReconnect().build();
        Connection connection = io.nats.client.Nats.connect(options);
        try {
            return work.with(connection);
        } finally {
            connection.close();
        }
    }

    /** A new stream on disk; its name is the subject that it takes. */
    static String newStream(NatsServer server, Consumer<StreamConfiguration.Builder> more) throws Exception {
        String name = "stream-" + LAST.incrementAndGet();
        StreamConfiguration.Builder configuration = StreamConfiguration.builder()
                .name(name)
                .subjects(name, name + ".>")
                .storageType(StorageType.File);
        more.accept(configuration);
        return ask(server, connection -> {
            connection.jetStreamManagement().addStream(configuration.build());
            return name;
        });
    }

    static String newStream(NatsServer server) throws Exception {
        return newStream(server, configuration -> {});
    }

    /** All messages of a stream, in their order. */
    static List<MessageInfo> read(NatsServer server, String stream) throws Exception {
        return ask(server, connection -> {
            JetStreamManagement management = connection.jetStreamManagement();
            List<MessageInfo> all = new ArrayList<>();
            long last = management.getStreamInfo(stream).getStreamState().getLastSequence();
            for (long sequence = 1; sequence <= last; sequence++) {
                all.add(management.getMessage(stream, sequence));
            }
            return all;
        });
    }

    static String text(MessageInfo message) {
        byte[] data = message.getData();
        return data == null ? "" : new String(data, UTF_8);
    }

    static Headers headers(MessageInfo message) {
        return Objects.requireNonNull(message.getHeaders());
    }

    static Received received(MessageInfo message) {
        Headers headers = headers(message);
        Map<String, String> theirs = new HashMap<>();
        headers.forEach((name, values) -> {
            if (!OURS.contains(name)) {
                theirs.put(name, decoded(values.get(0)));
            }
        });
        byte[] data = message.getData();
        String key = headers.getFirst(BoxcarHeaders.KEY);
        return new Received(
                key == null
                        ? null
                        : URLDecoder.decode(key.replace("+", "%2B"), ISO_8859_1).getBytes(ISO_8859_1),
                data == null ? new byte[0] : data,
                theirs,
                Objects.requireNonNull(decoded(headers.getFirst(BoxcarHeaders.ID))),
                decoded(headers.getFirst(BoxcarHeaders.TYPE)),
                Instant.ofEpochMilli(Long.parseLong(headers.getFirst(BoxcarHeaders.CREATED))));
    }

    static @Nullable String decoded(@Nullable String value) {
        return value == null ? null : URLDecoder.decode(value.replace("+", "%2B"), UTF_8);
    }

    static ClaimedEntry entry(String namespace, Message message) {
        return new ClaimedEntry(
                LAST.incrementAndGet(),
                namespace.isEmpty() ? OutboxContext.DEFAULT : OutboxContext.ofNamespace(namespace),
                Objects.requireNonNullElseGet(
                        message.id(), () -> UUID.randomUUID().toString()),
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
