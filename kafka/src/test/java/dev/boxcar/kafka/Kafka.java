package dev.boxcar.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.testkit.Received;
import dev.boxcar.testservers.KafkaServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** What the tests need again and again: brokers, topics, entries, and what has arrived. */
final class Kafka {

    private static final AtomicLong NUMBERS = new AtomicLong();

    private static @Nullable KafkaServer strict;

    private Kafka() {}

    /** A broker for all tests that creates no topics by itself. */
    static synchronized KafkaServer strictServer() {
        if (strict == null) {
            strict = KafkaServer.builder()
                    .setting("auto.create.topics.enable", "false")
                    // Everybody may do everything for which no permission was given to somebody.
                    .setting("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                    .setting("allow.everyone.if.no.acl.found", "true")
                    .start();
        }
        return strict;
    }

    /** Patient, because the machine that runs the tests may be busy with something else. */
    static KafkaPublisher.Builder publisher(KafkaServer server) {
        return KafkaPublisher.builder()
                .setting("bootstrap.servers", server.bootstrapServers())
                .publishTimeout(Duration.ofSeconds(10));
    }

    static Admin admin(KafkaServer server) {
        return Admin.create(Map.of("bootstrap.servers", server.bootstrapServers()));
    }

    /** A topic with a name of its own. */
    static String newTopic(KafkaServer server, int partitions, Map<String, String> settings) throws Exception {
        String name = "topic-" + NUMBERS.incrementAndGet();
        createTopic(server, name, partitions, settings);
        return name;
    }

    static void createTopic(KafkaServer server, String name, int partitions, Map<String, String> settings)
            throws Exception {
        try (Admin admin = admin(server)) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(settings)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }

    /** Many topics with one partition each: this prefix and a number. */
    static String newTopics(KafkaServer server, int count) throws Exception {
        String prefix = "topic-" + NUMBERS.incrementAndGet() + "-";
        try (Admin admin = admin(server)) {
            admin.createTopics(IntStream.range(0, count)
                            .mapToObj(i -> new NewTopic(prefix + i, 1, (short) 1))
                            .toList())
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
        return prefix;
    }

    static void deleteTopic(KafkaServer server, String name) throws Exception {
        try (Admin admin = admin(server)) {
            admin.deleteTopics(List.of(name)).all().get(20, TimeUnit.SECONDS);
        }
    }

    /** On a {@link #strictServer()}: everybody may see the topic, nobody may write to it. */
    static void forbidWriting(KafkaServer server, String topic) throws Exception {
        AclBinding describe = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL),
                new AccessControlEntry("User:*", "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW));
        try (Admin admin = admin(server)) {
            admin.createAcls(List.of(describe)).all().get(20, TimeUnit.SECONDS);
        }
    }

    static ClaimedEntry entry(String namespace, @Nullable String key, String payload) {
        return entry(namespace, key, payload.getBytes(UTF_8), Map.of());
    }

    static ClaimedEntry entry(String namespace, @Nullable String key, byte[] payload, Map<String, String> headers) {
        long id = NUMBERS.incrementAndGet();
        Message message = Message.of(key, payload).withHeaders(headers);
        return new ClaimedEntry(
                id,
                OutboxContext.ofNamespace(namespace),
                "id-" + id,
                message.key(),
                message.payload(),
                message.headers(),
                message.type(),
                1,
                Instant.ofEpochMilli(1_767_225_600_000L));
    }

    static PublishResults await(CompletionStage<PublishResults> call) throws Exception {
        return call.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    static List<PublishResult> publish(KafkaPublisher publisher, ClaimedEntry... entries) throws Exception {
        List<ClaimedEntry> list = Arrays.asList(entries);
        PublishResults results = await(publisher.publish(list));
        List<PublishResult> inOrder = new ArrayList<>();
        list.forEach(entry -> inOrder.add(Objects.requireNonNull(results.of(entry.id()), "no result")));
        return inOrder;
    }

    /** All records of a topic, in order within each partition. */
    static List<ConsumerRecord<byte[], byte[]>> read(KafkaServer server, String topic) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", server.bootstrapServers(), "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
            return records;
        }
    }

    static List<String> payloads(KafkaServer server, String topic) {
        return read(server, topic).stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }

    /** All messages of a topic, taken apart. */
    static List<Received> received(KafkaServer server, String topic) {
        List<Received> all = new ArrayList<>();
        read(server, topic).forEach(record -> {
            Map<String, String> headers = headers(record);
            String id = Objects.requireNonNull(headers.remove(BoxcarHeaders.ID), "no id");
            String type = headers.remove(BoxcarHeaders.TYPE);
            String created = Objects.requireNonNull(headers.remove(BoxcarHeaders.CREATED), "no time");
            headers.remove(BoxcarHeaders.NAMESPACE);
            Instant createdAt = Instant.ofEpochMilli(Long.parseLong(created));
            all.add(new Received(record.key(), record.value(), headers, id, type, createdAt));
        });
        return all;
    }

    static Map<String, String> headers(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new TreeMap<>();
        record.headers().forEach(header -> headers.put(header.key(), new String(header.value(), UTF_8)));
        return headers;
    }
}
