package dev.boxcar.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.testservers.KafkaServer;
import dev.boxcar.testservers.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The relay as a process of its own, between a real PostgreSQL and a real Kafka. */
class RelayOnServersTest {

    private static final int SIGTERM = 143;

    @TempDir
    Path folder;

    private final String kafka = KafkaServer.shared().bootstrapServers();

    private static void sql(String url, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> received(String topic, int expected) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", kafka, "auto.offset.reset", "earliest", "isolation.level", "read_committed");
        List<ConsumerRecord<byte[], byte[]>> received = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            long start = System.nanoTime();
            while (received.size() < expected
                    && System.nanoTime() - start < Duration.ofSeconds(60).toNanos()) {
                consumer.poll(Duration.ofMillis(100)).forEach(received::add);
            }
        }
        return received;
    }

    @Test
    void aRelayThatIsAskedToStopHandsOverAtOnce() throws Exception {
        String url = PostgresServer.shared().newDatabase("handover");
        String topic = url.replaceAll(".*/([^?]*).*", "$1");
        String[] options = {
            "relay",
            "--url",
            url,
            "--create-schema",
            "--kafka",
            kafka,
            "--topic",
            topic,
            "--events",
            "-",
            "--claim-duration",
            "30s"
        };
        try (ChildRelay first = ChildRelay.start(folder, Map.of("BOXCAR_PROCESSOR_ID", "first"), options)) {
            first.writes("\"partitions\":64");
            sql(url, "insert into boxcar_outbox (message_key, payload) values ('k', 'one')");
            assertThat(received(topic, 1)).hasSize(1);
            try (ChildRelay second = ChildRelay.start(folder, Map.of("BOXCAR_PROCESSOR_ID", "second"), options)) {
                second.writes("\"event\":\"claims-acquired\"");
                long start = System.nanoTime();
                assertThat(first.terminate()).isEqualTo(SIGTERM);
                sql(
                        url,
                        "insert into boxcar_outbox (message_key, payload) select ('k' || n)::bytea, 'more' from generate_series(1, 200) n");
                assertThat(received(topic, 201)).hasSize(201);
                assertThat(Duration.ofNanos(System.nanoTime() - start))
                        .as("nobody waited for the claims of the first one to run out")
                        .isLessThan(Duration.ofSeconds(25));
                assertThat(second.terminate()).isEqualTo(SIGTERM);
                assertThat(second.out()).noneMatch(line -> line.contains("\"takenOver\":1"));
            }
        }
        assertThat(Cli.run("status", "--url", url, "--json").out())
                .contains("\"pending\":0,")
                .contains("\"processors\":[]");
    }

    /** It stands still in the middle of its work, and wakes up when another one has taken its claims over. */
    @Test
    void aRelayThatWasSuspendedIsFencedAtTheBrokers() throws Exception {
        String url = PostgresServer.shared().newDatabase("fence");
        String topic = url.replaceAll(".*/([^?]*).*", "$1");
        String[] options = {
            "relay",
            "--url",
            url,
            "--create-schema",
            "--kafka",
            kafka,
            "--topic",
            topic,
            "--kafka-transactional-id-prefix",
            "boxcar-" + topic + "-"
        };
        try (ChildRelay first = ChildRelay.start(folder, options)) {
            first.says("took 64 partitions");
            write(url, 0, 2_000);
            received(topic, 1);
            write(url, 2_000, 40_000);
            signal("STOP", first);
            try (ChildRelay second = ChildRelay.start(folder, options)) {
                second.says("64 of them from a processor that died");
                write(url, 40_000, 42_000);
                assertThat(received(topic, 42_000)).hasSizeGreaterThanOrEqualTo(42_000);
                signal("CONT", first);
                first.says("it stops sending and joins again").says("holds 32");
                write(url, 42_000, 43_000);
                second.waits(
                        "all is sent",
                        () -> Cli.run("status", "--url", url, "--json").out().contains("\"pending\":0,"));
                assertThat(second.terminate()).isEqualTo(SIGTERM);
                assertThat(first.terminate()).isEqualTo(SIGTERM);
            }
        }
        Map<String, List<Integer>> ofKey = received(topic, 43_000).stream()
                .collect(Collectors.groupingBy(
                        record -> new String(record.key(), UTF_8),
                        Collectors.mapping(
                                record -> Integer.valueOf(new String(record.value(), UTF_8)), Collectors.toList())));
        assertThat(ofKey).hasSize(100);
        ofKey.forEach((key, numbers) -> assertThat(numbers.stream().distinct())
                .as("all of one key, in order")
                .containsExactlyElementsOf(IntStream.range(0, 430)
                        .map(i -> i * 100 + Integer.parseInt(key))
                        .boxed()
                        .toList()));
    }

    /** It looks by itself once a minute only, so what it sends before that it was told of. */
    @Test
    void aRelayThatListensIsWokenByPlainSql() throws Exception {
        String url = PostgresServer.shared().newDatabase("listen");
        String[] options = {"relay", "--url", url, "--stdout-publisher", "--process-interval", "1m"};
        Map<String, String> environment =
                Map.of("BOXCAR_LISTEN", "true", "BOXCAR_SCHEMA", "app", "BOXCAR_TABLE", "events");
        try (ChildRelay early = ChildRelay.start(folder, environment, options)) {
            assertThat(early.exitCode()).isEqualTo(ExitCode.SCHEMA);
        }
        String[] names = {"--url", url, "--schema", "app", "--table", "events"};
        assertThat(Cli.run(with(names, "schema", "apply")).exitCode()).isEqualTo(ExitCode.OK);
        try (ChildRelay early = ChildRelay.start(folder, environment, options)) {
            assertThat(early.exitCode()).isEqualTo(ExitCode.SCHEMA);
            assertThat(early.err()).contains("boxcar schema apply --notify").contains("--schema app --table events");
        }
        assertThat(Cli.run(with(names, "schema", "apply", "--notify")).exitCode())
                .isEqualTo(ExitCode.OK);
        assertThat(Cli.run(with(names, "schema", "apply", "--notify")).exitCode())
                .as("again")
                .isEqualTo(ExitCode.OK);
        try (ChildRelay relay = ChildRelay.start(folder, environment, options)) {
            relay.says("listens for new entries").says("took 64 partitions");
            long start = System.nanoTime();
            for (String payload : List.of("one", "two", "three")) {
                sql(url, "insert into app.events (message_key, payload) values ('k', '" + payload + "')");
                relay.writes("\"payload\":\"" + payload + "\"");
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("it was not found by polling")
                    .isLessThan(Duration.ofSeconds(50));
            assertThat(relay.terminate()).isEqualTo(SIGTERM);
        }
    }

    private static String[] with(String[] options, String... command) {
        return Stream.concat(Arrays.stream(command), Arrays.stream(options)).toArray(String[]::new);
    }

    private static void write(String url, int from, int to) throws Exception {
        sql(
                url,
                "insert into boxcar_outbox (message_key, payload) select (n % 100)::text::bytea, n::text::bytea from "
                        + "generate_series(" + from + ", " + (to - 1) + ") n");
    }

    private static void signal(String name, ChildRelay relay) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(relay.process().pid()))
                .start()
                .waitFor();
    }

    @Test
    void aPasswordIsNeitherInTheProcessListNorInAnyOutput() throws Exception {
        String url = PostgresServer.shared().newDatabase("secret");
        Path producer = folder.resolve("kafka.properties");
        Files.writeString(producer, "bootstrap.servers=" + kafka + "\nssl.key.password=hunter22\n");
        try (ChildRelay relay = ChildRelay.start(
                folder,
                Map.of("BOXCAR_PASSWORD", "hunter22", "BOXCAR_CREATE_SCHEMA", "true"),
                "relay",
                "--url",
                url,
                "--kafka-config",
                producer.toString(),
                "--verbose")) {
            relay.says("took 64 partitions");
            String commandLine = relay.process().info().commandLine().orElseThrow();
            assertThat(commandLine).contains("dev.boxcar.relay.Main").doesNotContain("hunter22");
            relay.terminate();
            assertThat(relay.err() + relay.out()).doesNotContain("hunter22");
        }
    }

    @Test
    void aDatabaseThatIsDownAtTheStartIsWaitedForWithOneLine() throws Exception {
        try (PostgresServer postgres = PostgresServer.start()) {
            String url = postgres.url();
            postgres.stop();
            try (ChildRelay relay =
                    ChildRelay.start(folder, "relay", "--url", url, "--create-schema", "--stdout-publisher")) {
                relay.says("the database cannot be reached; trying again");
                postgres.restart();
                relay.says("the database can be reached").says("took 64 partitions");
                assertThat(relay.err().lines().filter(line -> line.contains("cannot be reached")))
                        .hasSize(1);
                sql(url, "insert into boxcar_outbox (payload) values ('late')");
                relay.writes("\"payload\":\"late\"");
                assertThat(relay.terminate()).isEqualTo(SIGTERM);
            }
        }
    }

    @Test
    void aRelayThatWaitsForItsDatabaseCanBeStopped() throws Exception {
        try (ChildRelay relay = ChildRelay.start(
                folder, "relay", "--url", "jdbc:postgresql://127.0.0.1:1/nowhere", "--stdout-publisher")) {
            relay.says("the database cannot be reached");
            assertThat(relay.terminate()).isEqualTo(SIGTERM);
        }
    }

    @Test
    void aDatabaseThatRefusesIsNotWaitedFor() throws Exception {
        String url = PostgresServer.shared().newDatabase("refuse").replaceAll("user=\\w+", "user=nobody_known");
        try (ChildRelay relay = ChildRelay.start(folder, "relay", "--url", url, "--stdout-publisher")) {
            assertThat(relay.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(relay.err()).contains("refuses the connection").contains("nobody_known");
            assertThat(relay.err().lines()).hasSize(1);
        }
    }

    @Test
    void deadLettersAreListedReplayedAndPurged() throws Exception {
        String url = PostgresServer.shared().newDatabase("dead");
        // Without --topic nobody knows where messages without a namespace go.
        try (ChildRelay relay =
                ChildRelay.start(folder, "relay", "--url", url, "--create-schema", "--kafka", kafka, "--events", "-")) {
            relay.says("took 64 partitions");
            sql(url, "insert into boxcar_outbox (message_key, payload) values ('topsecretkey', 'topsecretpayload')");
            relay.writes("\"event\":\"dead-lettered\"");
            relay.terminate();
            assertThat(relay.err() + relay.out()).doesNotContain("topsecret");
        }
        Cli list = Cli.run("dead", "list", "--url", url);
        assertThat(list.out().lines()).hasSize(1);
        assertThat(list.out()).doesNotContain("topsecret");
        String json = Cli.run("dead", "list", "--url", url, "--json").out();
        assertThat(json).contains("\"payloadBytes\":16").doesNotContain("topsecret");
        String number = json.replaceAll("(?s).*\"number\":(\\d+).*", "$1");

        assertThat(Cli.run("dead", "replay", "--url", url, "--numbers", number).err())
                .contains("replay: 1");
        assertThat(Cli.run("status", "--url", url, "--json").out())
                .contains("\"pending\":1,")
                .contains("\"deadLetters\":0");
        assertThat(Cli.run("dead", "purge", "--url", url, "--all").err()).contains("purge: 0");
        assertThat(Cli.run("dead", "list", "--url", url).err()).contains("no dead letters");
    }

    @Test
    void aNamespaceIsATopic() throws Exception {
        String url = PostgresServer.shared().newDatabase("namespace");
        String topic = url.replaceAll(".*/([^?]*).*", "$1");
        Cli publish = Cli.run(
                "publish",
                "--url",
                url,
                "--create-schema",
                "--namespace",
                topic,
                "--key",
                "k",
                "--payload",
                "p",
                "--id",
                "my-id",
                "--type",
                "t.v1");
        assertThat(publish.exitCode()).as(publish.err()).isZero();
        try (ChildRelay relay = ChildRelay.start(folder, "relay", "--url", url, "--kafka", kafka)) {
            ConsumerRecord<byte[], byte[]> message = received(topic, 1).get(0);
            assertThat(new String(message.key(), UTF_8)).isEqualTo("k");
            assertThat(new String(message.value(), UTF_8)).isEqualTo("p");
            assertThat(new String(message.headers().lastHeader("boxcar-id").value(), UTF_8))
                    .isEqualTo("my-id");
            relay.terminate();
        }
    }
}
