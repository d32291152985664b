package dev.boxcar.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.InvalidMessageException;
import dev.boxcar.Message;
import dev.boxcar.MessageLimits;
import dev.boxcar.OutboxWriter;
import dev.boxcar.TransactionException;
import dev.boxcar.jdbc.JdbcStorage;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Which transactions the template takes part in, which it refuses, and when it wakes the processor. */
class OutboxTemplateTest {

    private static final Message MESSAGE = Message.of("key", "text");

    /** Without auto-commit, as many set their pools: there, a mistake would lose messages without a word. */
    private final HikariDataSource dataSource = Databases.pool(false);

    private final HikariDataSource other = Databases.pool(false);
    private final AtomicInteger wakes = new AtomicInteger();
    private OutboxTemplate outbox = template(dataSource);
    private final TransactionTemplate transaction = transactionOf(dataSource);

    private OutboxTemplate template(DataSource of) {
        JdbcStorage storage = JdbcStorage.create(of);
        return new OutboxTemplate(
                OutboxWriter.create(storage, new MessageLimits(100, 100, 100)), of, wakes::incrementAndGet);
    }

    private static TransactionTemplate transactionOf(DataSource dataSource) {
        return new TransactionTemplate(new DataSourceTransactionManager(dataSource));
    }

    @BeforeEach
    void createTables() {
        JdbcStorage.create(dataSource).schema().apply();
    }

    @AfterEach
    void closePools() {
        assertThat(dataSource.getHikariPoolMXBean().getActiveConnections())
                .as("connections that were not given back")
                .isZero();
        dataSource.close();
        other.close();
    }

    private int entries() {
        return Objects.requireNonNull(
                new JdbcTemplate(dataSource).queryForObject("select count(*) from \"boxcar_outbox\"", Integer.class));
    }

    @Test
    void aMessageIsThereIfAndOnlyIfTheTransactionCommits() {
        transaction.executeWithoutResult(status -> outbox.publish("orders", MESSAGE, MESSAGE));
        assertThat(entries()).isEqualTo(2);

        transaction.executeWithoutResult(status -> {
            outbox.publish("orders", MESSAGE);
            status.setRollbackOnly();
        });
        assertThat(entries()).isEqualTo(2);
    }

    @Test
    void theProcessorIsWokenOnceAfterTheCommitAndNotAfterARollback() {
        transaction.executeWithoutResult(status -> {
            outbox.publish(MESSAGE);
            outbox.inNamespace("orders").publish(MESSAGE);
            assertThat(wakes).hasValue(0);
        });
        assertThat(wakes).hasValue(1);

        transaction.executeWithoutResult(status -> {
            outbox.publish(MESSAGE);
            status.setRollbackOnly();
        });
        assertThat(wakes).hasValue(1);
    }

    @Test
    void aTransactionWithinAnotherIsOneOfItsOwn() {
        TransactionTemplate inner = transactionOf(dataSource);
        inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);

        transaction.executeWithoutResult(status -> {
            outbox.publish(MESSAGE);
            inner.executeWithoutResult(own -> outbox.publish("inner", MESSAGE));
            assertThat(wakes).hasValue(1);
            status.setRollbackOnly();
        });

        assertThat(entries()).isEqualTo(1);
        assertThat(wakes).hasValue(1);
    }

    @Test
    void withoutATransactionItRefuses() {
        assertThatThrownBy(() -> outbox.publish(MESSAGE))
                .isInstanceOf(TransactionException.class)
                .hasMessageContaining("there is no transaction")
                .hasMessageContaining("@Transactional");
    }

    @Test
    void theTransactionOfAnotherThreadIsNone() {
        transaction.executeWithoutResult(status -> assertThatThrownBy(
                        () -> CompletableFuture.runAsync(() -> outbox.publish(MESSAGE))
                                .join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(TransactionException.class));
        assertThat(entries()).isZero();
    }

    @Test
    void aReadOnlyTransactionCannotHoldAMessage() {
        transaction.setReadOnly(true);
        transaction.executeWithoutResult(status -> assertThatThrownBy(() -> outbox.publish(MESSAGE))
                .isInstanceOf(TransactionException.class)
                .hasMessageContaining("read-only"));
        assertThat(wakes).hasValue(0);
    }

    @Test
    void theTransactionOfAnotherDataSourceCannotHoldAMessage() {
        transactionOf(other).executeWithoutResult(status -> {
            assertThatThrownBy(() -> outbox.publish(MESSAGE))
                    .isInstanceOf(TransactionException.class)
                    .hasMessageContaining("not one of the outbox's data source");

            // From here on a connection of the outbox's data source is bound to the thread, but nobody will commit it.
            new JdbcTemplate(dataSource).queryForObject("select count(*) from \"boxcar_outbox\"", Integer.class);
            assertThatThrownBy(() -> outbox.publish(MESSAGE)).isInstanceOf(TransactionException.class);
        });
        assertThat(entries()).isZero();
    }

    @Test
    void aDataSourceThatKnowsOfTransactionsIsTheOneBehindIt() {
        outbox = template(new TransactionAwareDataSourceProxy(dataSource));
        transaction.executeWithoutResult(status -> outbox.publish(MESSAGE));
        assertThat(entries()).isEqualTo(1);
    }

    @Test
    void aMessageThatIsTooLargeIsRefusedAndTheTransactionCanGoOn() {
        transaction.executeWithoutResult(status -> {
            assertThatThrownBy(() -> outbox.publish(Message.of("key", new byte[101])))
                    .isInstanceOf(InvalidMessageException.class);
            outbox.publish(MESSAGE);
        });
        assertThat(entries()).isEqualTo(1);
    }
}
