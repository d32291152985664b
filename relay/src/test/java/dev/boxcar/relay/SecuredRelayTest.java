package dev.boxcar.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.testservers.KafkaServer;
import dev.boxcar.testservers.PostgresServer;
import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS and passwords on both sides, and the least rights: as in docs/guide/security.md. */
class SecuredRelayTest {

    private static final String DATABASE_PASSWORD = "db hunter22";
    private static final String BROKER_PASSWORD = "kafka hunter22";

    private static final PostgresServer POSTGRES =
            PostgresServer.builder().secured().start();
    private static final KafkaServer KAFKA =
            KafkaServer.builder().secured("carrier", BROKER_PASSWORD).start();

    private static String owner = "";

    @TempDir
    Path folder;

    private static void sql(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(owner);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @BeforeAll
    static void createTablesAndRoles() throws Exception {
        owner = POSTGRES.newDatabase("secured");
        Cli apply = Cli.run("schema", "apply", "--url", owner);
        assertThat(apply.exitCode()).as(apply.err()).isZero();
        sql("create role carrier login password '" + DATABASE_PASSWORD + "'; create role app; create role ops");
        Cli grants = Cli.run(
                "schema",
                "print",
                "--database",
                "postgresql",
                "--grants",
                "--writer-role",
                "app",
                "--relay-role",
                "carrier",
                "--admin-role",
                "ops");
        assertThat(grants.exitCode()).as(grants.err()).isZero();
        sql(grants.out());
    }

    @AfterAll
    static void closeServers() {
        POSTGRES.close();
        KAFKA.close();
    }

    private static String url(String mode) {
        return owner.replaceAll("\\?.*", "") + "?sslmode=" + mode + "&sslrootcert=" + POSTGRES.certificate();
    }

    private Path file(String name, String text) throws Exception {
        Path file = folder.resolve(name);
        Files.writeString(file, text);
        return file;
    }

    private Path kafkaConfig(String password) throws Exception {
        return file("kafka.properties", """
                bootstrap.servers=%s
                security.protocol=SASL_SSL
                sasl.mechanism=PLAIN
                sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
                username="carrier" password="%s";
                ssl.truststore.type=PEM
                ssl.truststore.location=%s
                """.formatted(KAFKA.bootstrapServers(), password, KAFKA.certificate()));
    }

    private ChildRelay relay(String topic, String brokerPassword) throws Exception {
        Path log = file("logback.xml", """
                <configuration>
                  <appender name="e" class="ch.qos.logback.core.ConsoleAppender">
                    <target>System.err</target><encoder><pattern>%level %logger %msg%n%ex</pattern></encoder>
                  </appender>
                  <logger name="dev.boxcar" level="TRACE"/>
                  <root level="WARN"><appender-ref ref="e"/></root>
                </configuration>
                """);
        return ChildRelay.start(
                folder,
                Map.of(
                        "BOXCAR_USER",
                        "carrier",
                        "BOXCAR_PASSWORD_FILE",
                        file("password", DATABASE_PASSWORD + "\n").toString(),
                        "JAVA_TOOL_OPTIONS",
                        "-Dlogback.configurationFile=" + log),
                "relay",
                "--verbose",
                "--url",
                url("verify-full"),
                "--kafka-config",
                kafkaConfig(brokerPassword).toString(),
                "--topic",
                topic,
                "--events",
                "-");
    }

    private String status() {
        return Cli.run("status", "--url", owner, "--json").out();
    }

    private List<ConsumerRecord<byte[], byte[]>> received(String topic, int expected) throws Exception {
        Properties properties = new Properties();
        try (InputStream in = new FileInputStream(kafkaConfig(BROKER_PASSWORD).toFile())) {
            properties.load(in);
        }
        Map<String, Object> settings = new HashMap<>(Map.of("auto.offset.reset", "earliest"));
        properties.stringPropertyNames().forEach(name -> settings.put(name, properties.getProperty(name)));
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

    private static void assertNothingTold(ChildRelay relay) throws Exception {
        relay.terminate();
        assertThat(relay.err() + relay.out())
                .doesNotContain("hunter22")
                .doesNotContain("canary")
                .doesNotContain("63616e617279"); // the same in hexadecimal digits
    }

    @Test
    void messagesAreCarriedWithTlsPasswordsAndTheLeastRightsAndNothingOfThemIsTold() throws Exception {
        sql("insert into boxcar_outbox (message_key, payload, headers) values"
                + " ('canary-key', 'canary-payload', '{\"h\": \"canary-header\"}'),"
                + " ('canary-key', 'canary-broken', '{\"h\": canary-headers}'),"
                + " ('canary-key', 'canary-large' || repeat('canary', 500000)::bytea, null)");
        sql("insert into boxcar_outbox (namespace, message_key, payload) values"
                + " ('no topic: ..', 'canary-key', 'canary-nowhere'), (E'forged\\nline', 'canary-key', 'canary-line')");
        sql("insert into boxcar_outbox (message_key, payload, headers)"
                + " select decode(lpad(to_hex(n), 2, '0'), 'hex'), decode(lpad(to_hex(n), 2, '0'), 'hex'),"
                + " json_build_object('h', repeat(chr(n + 1), 1000))::text from generate_series(0, 255) n");
        try (ChildRelay relay = relay("secured", BROKER_PASSWORD)) {
            relay.waits("all is settled", () -> status().contains("\"pending\":0,"));
            assertThat(status()).contains("\"deadLetters\":4");
            int bytes = 0;
            for (ConsumerRecord<byte[], byte[]> record : received("secured", 257)) {
                if (record.value().length == 1) {
                    assertThat(record.key()).isEqualTo(record.value());
                    String header =
                            Character.toString((record.value()[0] & 0xff) + 1).repeat(1_000);
                    assertThat(new String(record.headers().lastHeader("h").value(), UTF_8))
                            .isEqualTo(header);
                    bytes++;
                } else {
                    assertThat(new String(record.value(), UTF_8)).isEqualTo("canary-payload");
                }
            }
            assertThat(bytes).as("every byte is a key and a payload").isEqualTo(256);
            assertThat(Files.readString(Path.of("/proc/" + relay.process().pid() + "/cmdline")))
                    .contains("verify-full")
                    .doesNotContain("hunter22");
            assertNothingTold(relay);
        }
        for (String option : List.of("--json", "--limit=100")) {
            Cli list = Cli.run("dead", "list", "--url", owner, option);
            assertThat(list.out().lines()).hasSize(4);
            assertThat(list.out()).doesNotContain("canary");
        }
        Cli.run("dead", "purge", "--url", owner, "--all");
    }

    @Test
    void aWrongPasswordOfTheBrokersIsAnOutageThatUsesUpNothing() throws Exception {
        sql("insert into boxcar_outbox (message_key, payload) values ('canary-key', 'canary-waiting')");
        try (ChildRelay relay = relay("waiting", "wrong hunter22")) {
            relay.writes("destination-unavailable");
            relay.says("uthentication failed"); // perhaps a moment later: a broker may be slow to say so
            assertNothingTold(relay);
        }
        assertThat(status()).contains("\"pending\":1,").contains("\"deadLetters\":0");
        sql("delete from boxcar_outbox");
    }

    @Test
    void whoComesWithoutTlsOrWithAWrongPasswordIsRefused() {
        Map<String, String> right = Map.of("BOXCAR_USER", "carrier", "BOXCAR_PASSWORD", DATABASE_PASSWORD);
        assertThat(Cli.run(right, "schema", "check", "--url", url("verify-full"))
                        .exitCode())
                .isZero();
        Cli plain = Cli.run(right, "schema", "check", "--url", url("disable"));
        assertThat(plain.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(plain.err()).contains("no encryption").doesNotContain("hunter22");

        String wrong = "wrong hunter22";
        Map<String, String> environment = Map.of("BOXCAR_USER", "carrier", "BOXCAR_PASSWORD", wrong);
        String[][] calls = {
            {"schema", "check", "--verbose", "--url", url("verify-full")},
            {"schema", "check", "--url", url("require") + "&password=wrong%20hunter22"},
            {"relay", "--stdout-publisher", "--url", url("verify-full")},
        };
        Arrays.stream(calls).parallel().forEach(call -> {
            Cli cli = Cli.run(environment, call);
            assertThat(cli.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(cli.err()).contains("password authentication failed").doesNotContain("hunter22");
        });
    }
}
