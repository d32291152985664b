package dev.boxcar.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.CloudEvents;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.testkit.Await;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the guide shows. */
class GuideTest {

    @Test
    void anOutboxGoesThere() throws Exception {
        byte[] secret = "a secret of enough bytes".getBytes(StandardCharsets.UTF_8);
        Receiver receiver = new Receiver();
        String address = receiver.address();
        // tag::publisher[]
        HttpPublisher publisher = HttpPublisher.builder(address)
                .cloudEvents(CloudEvents.of("https://shop.example/orders"))
                .signedWith(secret)
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
                outbox.inNamespace("orders").publish(transaction, Message.of("customer-7", "tea"));
                transaction.commit();
            }
            outbox.wakeProcessor();
            Await.until("it is settled", () -> storage.status().pending() == 0);
        } finally {
            receiver.close();
        }
        assertThat(receiver.requests()).hasSize(1).allSatisfy(request -> {
            assertThat(request.header("ce-source")).isEqualTo("https://shop.example/orders");
            assertThat(request.header("webhook-signature")).startsWith("v1,");
        });
    }
}
