package dev.boxcar.jms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.testkit.Await;
import dev.boxcar.testservers.ArtemisServer;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.junit.jupiter.api.Test;

/** What the guide shows of this module. */
class JmsGuideTest {

    @Test
    void messagesArriveInTheQueueOfTheirNamespace() {
        ArtemisServer server = Artemis.shared();
        try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(server.url())) {
            InMemoryStorage storage = InMemoryStorage.create();
            // tag::publisher[]
            JmsPublisher publisher = JmsPublisher.create(factory);
            Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                    .storage(storage) // of an application: JdbcStorage
                    .publisher(publisher)
                    .build();
            outbox.start();

            try (InMemoryTransaction transaction = storage.begin()) {
                outbox.inNamespace("orders") // the queue "orders"
                        .publish(transaction, Message.of("customer-1", "tea"), Message.of("customer-1", "milk"));
                transaction.commit();
            }
            outbox.wakeProcessor();
            // end::publisher[]
            try (publisher;
                    outbox) {
                List<String> received = new ArrayList<>();
                Await.until("both arrive", () -> {
                    received.addAll(texts(server));
                    return received.size() >= 2;
                });
                assertThat(received).containsSubsequence("tea", "milk");
            }
        }
    }

    private static List<String> texts(ArtemisServer server) {
        try {
            return Artemis.texts(server, "orders");
        } catch (JMSException e) {
            throw new AssertionError(e);
        }
    }
}
