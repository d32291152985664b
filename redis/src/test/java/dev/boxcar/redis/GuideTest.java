package dev.boxcar.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.testkit.Await;
import dev.boxcar.testservers.RedisServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the guide shows. */
@Timeout(120)
class GuideTest {

    @Test
    void anOutboxGoesThere() throws Exception {
        try (RedisServer server = RedisServer.start()) {
            String uri = server.uri();
            // tag::publisher[]
            RedisPublisher publisher = RedisPublisher.create(uri); // the stream is the namespace
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

            assertThat(Redis.texts(server, "orders")).containsExactly("1", "2");
        }
    }
}
