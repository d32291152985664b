package dev.boxcar.testkit;

import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.spi.OutboxStorage;
import java.util.List;

class InMemoryStorageTest extends StorageContract<InMemoryTransaction> {

    @Override
    protected StorageFixture<InMemoryTransaction> fixture() {
        return new InMemoryFixture();
    }

    static class InMemoryFixture implements StorageFixture<InMemoryTransaction> {
        private final InMemoryStorage storage = InMemoryStorage.create();

        @Override
        public OutboxStorage<InMemoryTransaction> newStorage() {
            return storage;
        }

        @Override
        public InMemoryTransaction begin() {
            return storage.begin();
        }

        @Override
        public void commit(InMemoryTransaction transaction) {
            transaction.commit();
        }

        @Override
        public void rollback(InMemoryTransaction transaction) {
            transaction.rollback();
        }

        @Override
        public List<InMemoryTransaction> unfitTransactions() {
            InMemoryTransaction committed = storage.begin();
            committed.commit();
            InMemoryTransaction rolledBack = storage.begin();
            rolledBack.close();
            return List.of(committed, rolledBack, InMemoryStorage.create().begin());
        }

        @Override
        public void close() {}
    }
}
