package dev.boxcar.examples.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.testkit.OutboxTester;
import dev.boxcar.testkit.RecordingPublisher;
import dev.boxcar.testkit.StorageContract;
import dev.boxcar.testkit.StorageFixture;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The contract of the test kit proves a storage of one's own. */
class KeyValueOutboxTest extends StorageContract<KeyValueStore.Transaction> {

    @Override
    protected StorageFixture<KeyValueStore.Transaction> fixture() {
        return new Fixture();
    }

    private static final class Fixture implements StorageFixture<KeyValueStore.Transaction> {

        private final KeyValueStore store = new KeyValueStore();

        @Override
        public OutboxStorage<KeyValueStore.Transaction> newStorage() {
            return new KeyValueOutbox(store);
        }

        @Override
        public KeyValueStore.Transaction begin() {
            return store.begin();
        }

        @Override
        public void commit(KeyValueStore.Transaction transaction) {
            transaction.commit();
        }

        @Override
        public void rollback(KeyValueStore.Transaction transaction) {
            transaction.rollback();
        }

        @Override
        public List<KeyValueStore.Transaction> unfitTransactions() {
            KeyValueStore.Transaction ended = store.begin();
            ended.commit();
            return List.of(ended, new KeyValueStore().begin());
        }

        @Override
        public void close() {}
    }

    @Test
    void valuesAndMessagesChangeTogether() {
        KeyValueStore store = new KeyValueStore();
        RecordingPublisher publisher = RecordingPublisher.create();
        try (Outbox<KeyValueStore.Transaction> outbox = Outbox.<KeyValueStore.Transaction>builder()
                .storage(new KeyValueOutbox(store))
                .publisher(publisher)
                .build()) {
            for (String price : List.of("7", "8", "9")) {
                KeyValueStore.Transaction transaction = store.begin();
                transaction.put("tea", price);
                outbox.publish(transaction, Message.of("tea", price));
                if (price.equals("8")) {
                    transaction.rollback();
                } else {
                    transaction.commit();
                }
            }
            outbox.pumpOutbox();
        }
        assertThat(store.get("tea")).isEqualTo("9");
        OutboxTester.assertPublished(publisher, "tea", "7", "9");
    }
}
