package dev.boxcar.testkit.scenario;

import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * How transactions of the application's database begin and end, for {@link OutboxScenario#stimulate(OutboxScenario.Work)}.
 *
 * @param <T> the transaction
 */
public interface Transactions<T> {

    /** Begins a transaction. */
    T begin() throws Exception;

    /** Commits a transaction and gives back what belongs to it. */
    void commit(T transaction) throws Exception;

    /** Rolls a transaction back and gives back what belongs to it. */
    void rollback(T transaction) throws Exception;

    /** Transactions on connections of a data source; each connection is closed when its transaction ends. */
    static Transactions<Connection> of(DataSource dataSource) {
        return new Transactions<>() {
            @Override
            public Connection begin() throws SQLException {
                Connection connection = dataSource.getConnection();
                connection.setAutoCommit(false);
                return connection;
            }

            @Override
            public void commit(Connection connection) throws SQLException {
                try (connection) {
                    connection.commit();
                    connection.setAutoCommit(true);
                }
            }

            @Override
            public void rollback(Connection connection) throws SQLException {
                try (connection) {
                    connection.rollback();
                    connection.setAutoCommit(true);
                }
            }
        };
    }

    /** Transactions of a storage in memory. */
    static Transactions<InMemoryTransaction> of(InMemoryStorage storage) {
        return new Transactions<>() {
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
        };
    }
}
