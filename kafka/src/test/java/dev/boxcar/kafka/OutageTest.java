package dev.boxcar.kafka;

import static dev.boxcar.kafka.Kafka.entry;
import static dev.boxcar.kafka.Kafka.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.testservers.KafkaServer;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With a broker of its own, which is stopped, killed and restarted, and the default time-outs. */
@Timeout(180)
class OutageTest {

    private static final Duration PUBLISH_TIMEOUT = Duration.ofSeconds(1);

    private final KafkaServer server = KafkaServer.start();
    private final KafkaPublisher publisher = Kafka.publisher(server)
            .publishTimeout(PUBLISH_TIMEOUT)
            .setting("client.id", "outage")
            .build();

    @AfterEach
    void close() {
        publisher.close();
        server.close();
    }

    @Test
    void nothingIsSentBeforeTheBrokerAcknowledgesAndAPausedBrokerIsUnavailableUntilItGoesOn() throws Exception {
        String topic = Kafka.newTopic(server, 1, Map.of());
        Eventually.check(() ->
                assertThat(publish(publisher, entry(topic, "k", "before"))).containsExactly(PublishResult.SENT));

        server.pause();
        long start = System.nanoTime();
        List<PublishResult> results = publish(publisher, entry(topic, "k", "during"), entry(topic, "k", "during"));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        server.resume();

        assertThat(results).hasSize(2).allMatch(PublishResult.Unavailable.class::isInstance);
        // Not before the client has tried, and in time; half a second for a busy machine.
        assertThat(took).isBetween(Duration.ofMillis(500), PUBLISH_TIMEOUT.plusMillis(500));
        Eventually.check(
                () -> assertThat(publish(publisher, entry(topic, "k", "after"))).containsExactly(PublishResult.SENT));
        assertThat(Kafka.payloads(server, topic)).startsWith("before").endsWith("after");
    }

    @Test
    void orderPerKeyHoldsAndNothingIsLostWhileTheBrokerIsKilledAndRestartedUnderLoad() throws Exception {
        Load load = new Load(server, publisher, Kafka.newTopic(server, 4, Map.of()), 12, 60);
        for (int round = 0; round < 2; round++) {
            load.awaitProgress(1_000);
            server.kill();
            server.restart();
        }
        load.awaitProgress(1_000);

        load.stopAndCheck();
    }

    /**
     * Time-outs strike in the middle of calls: of batches that are under way, and of those that wait behind them. Each record is a
     * batch, so that there are many places to strike.
     */
    @Test
    void orderPerKeyHoldsWhileTheBrokerStallsForAboutAsLongAsTheClientWaits() throws Exception {
        try (KafkaPublisher hasty = Kafka.publisher(server)
                .publishTimeout(Duration.ofMillis(500))
                .setting("batch.size", 1)
                .setting("linger.ms", 0)
                .build()) {
            Load load = new Load(server, hasty, Kafka.newTopic(server, 2, Map.of()), 4, 500);
            Random random = new Random(7);
            for (int round = 0; round < 12; round++) {
                load.awaitProgress(200);
                server.pause();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200 + random.nextInt(250)));
                server.resume();
            }
            load.awaitProgress(200);

            load.stopAndCheck();
        }
    }

    @Test
    void withoutABrokerCallsEndInTimeAndNothingPilesUp() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        List<WeakReference<ClaimedEntry>> references = new ArrayList<>();
        try (KafkaPublisher lonely = KafkaPublisher.builder()
                .setting("bootstrap.servers", "127.0.0.1:" + port)
                .setting("client.id", "lonely")
                .publishTimeout(Duration.ofMillis(200))
                .build()) {
            for (int round = 0; round < 15; round++) {
                List<CompletableFuture<PublishResults>> calls = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    List<ClaimedEntry> entries =
                            List.of(entry("orders", "k", new byte[500_000], Map.of()), entry("orders", "k", "x"));
                    references.add(new WeakReference<>(entries.get(0)));
                    calls.add(lonely.publish(entries).toCompletableFuture());
                }
                for (CompletableFuture<PublishResults> call : calls) {
                    assertThat(call.get(2, TimeUnit.SECONDS).toString()).doesNotContain("Sent", "Failed");
                }
            }
            Eventually.check(() -> {
                System.gc();
                assertThat(references).allMatch(reference -> reference.get() == null);
            });
            assertThat(threadsOf("lonely")).hasSizeLessThanOrEqualTo(3);
        }
        Eventually.check(() -> assertThat(threadsOf("lonely")).isEmpty());
    }

    @Test
    void aTopicThatIsDeletedFailsItsOwnEntriesOnly() throws Exception {
        try (KafkaServer strict = KafkaServer.builder()
                        .setting("auto.create.topics.enable", "false")
                        .start();
                KafkaPublisher patient = Kafka.publisher(strict)
                        .publishTimeout(Duration.ofSeconds(3))
                        .build()) {
            String doomed = Kafka.newTopic(strict, 1, Map.of());
            String other = Kafka.newTopic(strict, 1, Map.of());
            assertThat(publish(patient, entry(doomed, "k", "1"), entry(other, "k", "1")))
                    .containsOnly(PublishResult.SENT);

            Kafka.deleteTopic(strict, doomed);
            Eventually.check(() -> assertThat(publish(patient, entry(doomed, "k", "2"), entry(other, "k", "2")))
                    .containsExactly(
                            PublishResult.failed("topic '" + doomed + "' does not exist"), PublishResult.SENT));
        }
    }

    private static List<String> threadsOf(String client) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.contains(client))
                .toList();
    }
}
