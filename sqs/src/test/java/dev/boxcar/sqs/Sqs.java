package dev.boxcar.sqs;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.OutboxContext;
import dev.boxcar.testkit.Received;
import dev.boxcar.testservers.ElasticMqServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/** What the tests of this module share: a client, queues, entries, and a consumer that takes messages apart. */
final class Sqs {

    static final Instant CREATED = Instant.parse("2026-03-01T10:15:30.123Z");

    /** Holds the server of all tests. */
    private static final class Shared {
        static final ElasticMqServer SERVER = ElasticMqServer.start(); // ends with the JVM
    }

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private Sqs() {}

    /** One server for all tests of this module; whoever pauses it resumes it. */
    static ElasticMqServer shared() {
        return Shared.SERVER;
    }

    static SqsAsyncClient client(ElasticMqServer server) {
        return SqsAsyncClient.builder()
                .endpointOverride(URI.create(server.endpoint()))
                .region(Region.EU_CENTRAL_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("user", "secret")))
                .build();
    }

    /** Patient, because the machine that runs the tests may be busy with something else. */
    static SqsPublisher.Builder publisher(SqsAsyncClient client) {
        return SqsPublisher.builder(client).publishTimeout(Duration.ofSeconds(12));
    }

    static String newQueue(SqsAsyncClient client, boolean fifo) {
        String name = "queue-" + NUMBER.incrementAndGet() + (fifo ? ".fifo" : "");
        createQueue(client, name);
        return name;
    }

    static void createQueue(SqsAsyncClient client, String name) {
        client.createQueue(request -> request.queueName(name)
                        .attributes(name.endsWith(".fifo") ? Map.of(QueueAttributeName.FIFO_QUEUE, "true") : Map.of()))
                .join();
    }

    static ClaimedEntry entry(String namespace, long id, dev.boxcar.Message message) {
        return new ClaimedEntry(
                id,
                OutboxContext.ofNamespace(namespace),
                namespace + "-" + id,
                message.key(),
                message.payload(),
                message.headers(),
                message.type(),
                1,
                CREATED);
    }

    /** Takes all messages that a queue holds. */
    static List<Message> take(SqsAsyncClient client, String queue) {
        String url =
                client.getQueueUrl(request -> request.queueName(queue)).join().queueUrl();
        List<Message> all = new ArrayList<>();
        int before;
        do {
            before = all.size();
            for (Message message : client.receiveMessage(request -> request.queueUrl(url)
                            .maxNumberOfMessages(10)
                            .messageAttributeNames("All")
                            .messageSystemAttributeNames(MessageSystemAttributeName.ALL))
                    .join()
                    .messages()) {
                all.add(message);
                client.deleteMessage(request -> request.queueUrl(url).receiptHandle(message.receiptHandle()))
                        .join();
            }
        } while (all.size() > before);
        return all;
    }

    static List<String> bodies(SqsAsyncClient client, String queue) {
        return take(client, queue).stream().map(Message::body).toList();
    }

    static String attribute(Message message, String name) {
        MessageAttributeValue value = message.messageAttributes().get(name);
        return value == null ? "(none)" : value.stringValue();
    }

    static Received takenApart(Message message) {
        Map<String, MessageAttributeValue> attributes = new LinkedHashMap<>(message.messageAttributes());
        MessageAttributeValue key = attributes.remove(BoxcarAttributes.KEY);
        MessageAttributeValue type = attributes.remove(BoxcarAttributes.TYPE);
        MessageAttributeValue body = attributes.remove(BoxcarAttributes.BODY);
        String id = Objects.requireNonNull(attributes.remove(BoxcarAttributes.ID), "no id")
                .stringValue();
        String created = Objects.requireNonNull(attributes.remove(BoxcarAttributes.CREATED), "no time")
                .stringValue();
        attributes.remove(BoxcarAttributes.NAMESPACE);
        MessageAttributeValue others = attributes.remove(BoxcarAttributes.HEADERS);
        Map<String, String> headers = others == null ? new LinkedHashMap<>() : headers(others.stringValue());
        attributes.forEach((name, value) -> headers.put(name, value.stringValue()));
        return new Received(
                key == null ? null : key(key),
                payload(message.body(), body == null ? "text" : body.stringValue()),
                headers,
                id,
                type == null ? null : type.stringValue(),
                Instant.ofEpochMilli(Long.parseLong(created)));
    }

    private static byte[] key(MessageAttributeValue key) {
        @Nullable String text = key.stringValue();
        return text == null || key.dataType().equals("Binary")
                ? key.binaryValue().asByteArray()
                : text.getBytes(UTF_8);
    }

    private static byte[] payload(String body, String kind) {
        return switch (kind) {
            case "base64" -> Base64.getDecoder().decode(body);
            case "empty" -> new byte[0];
            default -> body.getBytes(UTF_8);
        };
    }

    static Map<String, String> headers(String json) {
        Map<String, String> headers = new LinkedHashMap<>();
        try (JsonParser parser = new JsonFactory().createParser(json)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.VALUE_STRING) {
                    headers.put(parser.currentName(), parser.getText());
                }
            }
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
        return headers;
    }
}
