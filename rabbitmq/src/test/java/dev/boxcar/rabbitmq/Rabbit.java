package dev.boxcar.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.Publisher;
import dev.boxcar.testkit.Received;
import dev.boxcar.testservers.RabbitMqServer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What the tests ask a real RabbitMQ for. */
final class Rabbit {

    private static final AtomicLong LAST = new AtomicLong(1_000);

    private Rabbit() {}

    /** What the work with a channel returns. */
    interface Work<T> {
        T with(Channel channel) throws Exception;
    }

    /** Connects anew, since servers come and go. */
    static <T> T ask(RabbitMqServer server, Work<T> work) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(server.uri());
        factory.setAutomaticRecoveryEnabled(false);
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            return work.with(channel);
        }
    }

    /** A new durable queue with these arguments. */
    static String newQueue(RabbitMqServer server, Map<String, Object> arguments) throws Exception {
        String name = "queue-" + LAST.incrementAndGet();
        return ask(server, channel -> {
            channel.queueDeclare(name, true, false, false, arguments);
            return name;
        });
    }

    /** A new durable topic exchange that takes everything with this routing key to the queue. */
    static String newExchange(RabbitMqServer server, String queue, String routingKey) throws Exception {
        String name = "exchange-" + LAST.incrementAndGet();
        return ask(server, channel -> {
            channel.exchangeDeclare(name, BuiltinExchangeType.TOPIC, true);
            channel.queueBind(queue, name, routingKey);
            return name;
        });
    }

    /** Takes everything out of a queue. */
    static List<GetResponse> take(RabbitMqServer server, String queue) throws Exception {
        return ask(server, channel -> {
            List<GetResponse> all = new ArrayList<>();
            GetResponse next = channel.basicGet(queue, true);
            while (next != null) {
                all.add(next);
                next = channel.basicGet(queue, true);
            }
            return all;
        });
    }

    static Received received(GetResponse response) {
        BasicProperties properties = response.getProps();
        Map<String, Object> all = new HashMap<>(properties.getHeaders());
        byte[] key = (byte[]) all.remove(BoxcarHeaders.KEY);
        long created = (Long) Objects.requireNonNull(all.remove(BoxcarHeaders.CREATED));
        all.remove(BoxcarHeaders.NAMESPACE);
        Map<String, String> headers = new HashMap<>();
        all.forEach((name, value) -> headers.put(name, value.toString()));
        return new Received(
                key,
                response.getBody(),
                headers,
                properties.getMessageId(),
                properties.getType(),
                Instant.ofEpochMilli(created));
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
