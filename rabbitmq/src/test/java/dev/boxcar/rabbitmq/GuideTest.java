package dev.boxcar.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.testkit.Await;
import dev.boxcar.testservers.RabbitMqServer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the guide shows. */
@Timeout(120)
class GuideTest {

    @Test
    void anOutboxGoesThere() throws Exception {
        try (RabbitMqServer server = RabbitMqServer.start()) {
            String uri = server.uri();
            String queue = Rabbit.newQueue(server, Map.of());
            String exchange = Rabbit.newExchange(server, queue, "orders");
            // tag::publisher[]
            RabbitMqPublisher publisher = RabbitMqPublisher.builder(uri)
                    .exchange(exchange) // with the namespace as routing key
                    .build();
            // end::publisher[]
            InMemoryStorage storage = InMemoryStorage.create();
            try (publisher;
                    Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                            .storage(storage)
                            .publisher(publisher)
                            .build()) {
                outbox.start();
                try (InMemoryTransaction transaction = storage.begin()) {
                    outbox.inNamespace("orders")
                            .publish(transaction, Message.of("customer-7", "1"), Message.of("customer-7", "2"));
                    transaction.commit();
                }
                outbox.wakeProcessor();
                Await.until("both are settled", () -> storage.status().pending() == 0);
            }

            assertThat(Rabbit.take(server, queue))
                    .extracting(got -> new String(got.getBody(), StandardCharsets.UTF_8))
                    .containsExactly("1", "2");
        }
    }
}
