package dev.boxcar.spring;

import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxWriter;
import dev.boxcar.TransactionException;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Writes messages in the current Spring transaction: they will be published if and only if it commits. Works with whatever else
 * uses the same transaction: {@code JdbcTemplate} and {@code JdbcClient}, JPA, jOOQ.
 *
 * <p>Refuses where that cannot be promised: without a transaction, in a read-only one, and in one of a transaction manager that does
 * not manage the outbox's data source. The processor in this application, if there is one, is woken after the commit.
 *
 * <p>Safe for use by several threads; each writes in its own transaction.
 */
public final class OutboxTemplate implements OutboxWriter.MessagePublisher {

    private final OutboxWriter<Connection> writer;
    private final DataSource dataSource;
    private final TransactionSynchronization afterCommit;

    /**
     * A template.
     *
     * @param writer writes with the connection of the transaction
     * @param dataSource the data source whose transactions messages become part of: the one that the transaction manager has
     * @param wake called after each commit with messages; must be quick, and must not throw
     */
    public OutboxTemplate(OutboxWriter<Connection> writer, DataSource dataSource, Runnable wake) {
        this.writer = Objects.requireNonNull(writer, "writer");
        this.dataSource = managed(Objects.requireNonNull(dataSource, "dataSource"));
        this.afterCommit = new WakeAfterCommit(wake);
    }

    private static DataSource managed(DataSource dataSource) {
        // Transaction managers unwrap it in the same way: connections are bound to what is behind it.
        if (dataSource instanceof TransactionAwareDataSourceProxy proxy) {
            return Objects.requireNonNull(proxy.getTargetDataSource(), "the data source's target");
        }
        return dataSource;
    }

    /**
     * Writes messages in the default namespace; see {@link #publish(OutboxContext, List)}.
     */
    @Override
    public void publish(List<Message> messages) {
        publish(OutboxContext.DEFAULT, messages);
    }

    /**
     * Writes messages in a namespace; see {@link #publish(OutboxContext, List)}.
     */
    public void publish(String namespace, Message... messages) {
        publish(OutboxContext.ofNamespace(namespace), List.of(messages));
    }

    /**
     * Writes messages in the current transaction.
     *
     * @param messages all or none are written, in this order
     * @throws TransactionException when there is no transaction that could hold them; nothing was written
     * @throws dev.boxcar.InvalidMessageException when a message is too large or malformed; nothing was written
     * @throws dev.boxcar.StorageException when the database refused; the transaction should be rolled back
     */
    public void publish(OutboxContext context, List<Message> messages) {
        CurrentTransaction.require(dataSource);
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            writer.publish(context, connection, messages);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
        // The transaction keeps a set of them: however many messages, there is one wake.
        TransactionSynchronizationManager.registerSynchronization(afterCommit);
    }

    /** A view that writes to one namespace: what business code can depend on without knowing of the outbox. */
    public OutboxWriter.MessagePublisher inNamespace(String namespace) {
        OutboxContext context = OutboxContext.ofNamespace(namespace);
        return messages -> publish(context, messages);
    }

    private record WakeAfterCommit(Runnable wake) implements TransactionSynchronization {

        WakeAfterCommit {
            Objects.requireNonNull(wake, "wake");
        }

        @Override
        public void afterCommit() {
            wake.run();
        }
    }
}
