package dev.boxcar.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.sun.net.httpserver.HttpServer;
import dev.boxcar.testservers.NatsServer;
import dev.boxcar.testservers.RabbitMqServer;
import dev.boxcar.testservers.RedisServer;
import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.api.StreamConfiguration;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The relay as a process of its own, from an embedded database to each destination but Kafka. */
@Timeout(180)
class RelayToBrokersTest {

    @TempDir
    private Path folder;

    /** A message of the namespace "orders", and one of the default namespace. */
    private void carry(Map<String, String> environment, String... options) throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("outbox.db");
        run("schema", "apply", "--url", url);
        run("publish", "--url", url, "--namespace", "orders", "--key", "k", "--payload", "one");
        run("publish", "--url", url, "--key", "k", "--payload", "two");
        List<String> command = new ArrayList<>(List.of("relay", "--url", url));
        command.addAll(Arrays.asList(options));
        try (ChildRelay relay = ChildRelay.start(folder, environment, command.toArray(String[]::new))) {
            relay.waits(
                    "both are settled",
                    () -> run("status", "--url", url, "--json").contains("\"pending\":0,"));
            relay.terminate();
            assertThat(relay.err()).doesNotContain("guest:guest");
        }
        assertThat(run("status", "--url", url, "--json")).contains("\"deadLetters\":0");
    }

    private static String run(String... command) {
        Cli done = Cli.run(command);
        assertThat(done.exitCode()).as(done.err()).isZero();
        return done.out();
    }

    @Test
    void toRabbitMq() throws Exception {
        try (RabbitMqServer server = RabbitMqServer.start()) {
            ConnectionFactory factory = new ConnectionFactory();
            factory.setUri(server.uri());
            try (Connection connection = factory.newConnection();
                    Channel channel = connection.createChannel()) {
                channel.queueDeclare("all", true, false, false, Map.of());
                channel.exchangeDeclare("events", "topic", true);
                channel.queueBind("all", "events", "#");

                carry(Map.of("BOXCAR_RABBITMQ", server.uri()), "--rabbitmq-exchange", "events", "--topic", "default");

                List<String> got = new ArrayList<>();
                for (GetResponse next = channel.basicGet("all", true);
                        next != null;
                        next = channel.basicGet("all", true)) {
                    got.add(next.getEnvelope().getRoutingKey() + " " + new String(next.getBody(), UTF_8));
                }
                assertThat(got).containsExactlyInAnyOrder("orders one", "default two");
            }
        }
    }

    @Test
    void toNats() throws Exception {
        try (NatsServer server = NatsServer.start()) {
            io.nats.client.Connection connection = Nats.connect(server.url());
            JetStreamManagement management = connection.jetStreamManagement();
            management.addStream(StreamConfiguration.builder()
                    .name("all")
                    .subjects("orders", "default")
                    .build());

            carry(Map.of(), "--nats", server.url(), "--topic", "default");

            assertThat(management.getStreamInfo("all").getStreamState().getMsgCount())
                    .isEqualTo(2);
            assertThat(new String(management.getLastMessage("all", "orders").getData(), UTF_8))
                    .isEqualTo("one");
            connection.close();
        }
    }

    @Test
    void toRedis() throws Exception {
        try (RedisServer server = RedisServer.start();
                RedisClient client = RedisClient.create(server.uri());
                var connection = client.connect()) {
            carry(Map.of(), "--redis", server.uri(), "--topic", "default");

            assertThat(connection.sync().xrange("orders", Range.unbounded()))
                    .extracting(entry -> entry.getBody().get("payload"))
                    .containsExactly("one");
            assertThat(connection.sync().xlen("default")).isEqualTo(1);
        }
    }

    @Test
    void toAWebhook() throws Exception {
        List<String> got = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/hook", exchange -> {
            got.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8) + " "
                    + exchange.getRequestHeaders().containsKey("webhook-signature"));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try {
            String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
            carry(Map.of("BOXCAR_WEBHOOK_SECRET", "0123456789abcdef0123"), "--webhook", url);
        } finally {
            server.stop(0);
        }
        assertThat(got).contains("one true", "two true");
    }
}
