package dev.boxcar.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.testkit.Await;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/** What the guide shows of this module. */
class SqsGuideTest {

    @Test
    void messagesArriveInTheQueueOfTheirNamespace() {
        try (SqsAsyncClient client = Sqs.client(Sqs.shared())) {
            Sqs.createQueue(client, "orders.fifo");
            InMemoryStorage storage = InMemoryStorage.create();
            // tag::publisher[]
            SqsPublisher publisher = SqsPublisher.create(client);
            Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                    .storage(storage) // of an application: JdbcStorage
                    .publisher(publisher)
                    .build();
            outbox.start();

            try (InMemoryTransaction transaction = storage.begin()) {
                outbox.inNamespace("orders.fifo") // the queue's name
                        .publish(transaction, Message.of("customer-1", "tea"), Message.of("customer-1", "milk"));
                transaction.commit();
            }
            outbox.wakeProcessor();
            // end::publisher[]
            try (publisher;
                    outbox) {
                List<String> received = new ArrayList<>();
                Await.until("both arrive", () -> {
                    received.addAll(Sqs.bodies(client, "orders.fifo"));
                    return received.size() >= 2;
                });
                assertThat(received).containsSubsequence("tea", "milk");
            }
        }
    }
}
