package dev.boxcar.rabbitmq;

import static dev.boxcar.rabbitmq.Rabbit.entry;
import static dev.boxcar.rabbitmq.Rabbit.publish;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.testkit.Await;
import dev.boxcar.testkit.PublisherLoad;
import dev.boxcar.testservers.RabbitMqServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** With servers that are killed, stopped, or have no memory left. */
@Timeout(180)
class OutageTest {

    /** RabbitMQ confirms a queue before it has written it down: killed within a second or two, it sometimes knows the queue no more. */
    private static final Duration UNTIL_A_QUEUE_LASTS = Duration.ofSeconds(4);

    @Test
    void orderPerKeyHoldsAndNothingIsLostWhileTheServerIsKilledAndStopped() throws Exception {
        try (RabbitMqServer server = RabbitMqServer.start();
                RabbitMqPublisher publisher = RabbitMqPublisher.builder(server.uri())
                        .publishTimeout(Duration.ofMillis(500))
                        .build()) {
            String queue = Rabbit.newQueue(server, Map.of());
            LockSupport.parkNanos(UNTIL_A_QUEUE_LASTS.toNanos());
            PublisherLoad load = new PublisherLoad(publisher, OutboxContext.ofNamespace(queue), 4);
            try (load) {
                load.awaitProgress(1_000);
                server.kill();
                server.restart();
                Random random = new Random(7);
                for (int round = 0; round < 4; round++) {
                    load.awaitProgress(300);
                    server.pause();
                    // About as long as the publisher waits.
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300 + random.nextInt(400)));
                    server.resume();
                }
                load.awaitProgress(500);
            }

            load.check(Rabbit.take(server, queue).stream().map(Rabbit::received).toList());
        }
    }

    /** It notices that a connection publishes when the first message has come. */
    @Test
    void aServerWithoutMemoryTakesOneMessageAndIsUnavailableThen() throws Exception {
        try (RabbitMqServer server = RabbitMqServer.builder()
                        .setting("vm_memory_high_watermark.absolute", "1MB")
                        .start();
                RabbitMqPublisher publisher = RabbitMqPublisher.builder(server.uri())
                        .publishTimeout(Duration.ofSeconds(2))
                        .build()) {
            String queue = Rabbit.newQueue(server, Map.of());
            List<PublishResult> results = new ArrayList<>();
            Await.until("RabbitMQ blocks the publisher", () -> {
                results.addAll(oneMessage(publisher, queue));
                return results.get(results.size() - 1).toString().contains("takes nothing from publishers at present");
            });

            assertThat(results.get(results.size() - 1)).isInstanceOf(PublishResult.Unavailable.class);
            assertThat(oneMessage(publisher, queue)).allMatch(PublishResult.Unavailable.class::isInstance);
            assertThat(Rabbit.take(server, queue))
                    .hasSameSizeAs(results.stream()
                            .filter(PublishResult.Sent.class::isInstance)
                            .toList());
        }
    }

    private static List<PublishResult> oneMessage(RabbitMqPublisher publisher, String queue) {
        try {
            return publish(publisher, entry(queue, Message.of("k", "1")));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
