package dev.boxcar.spring;

import dev.boxcar.TransactionException;
import java.lang.reflect.Method;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.ConnectionHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ReflectionUtils;

/**
 * Whether the current Spring transaction commits what is written with the connection of a data source.
 *
 * <p>A transaction manager binds the connection that it will commit. But Spring's JDBC support binds one as well, when a statement is
 * run in a transaction of somebody else, of another database for example: nobody commits that, and where the pool hands out
 * connections without auto-commit, messages written with it would be lost without a word. The two differ in their flags: the first
 * has an active transaction (JDBC) or was bound without being synchronized (JPA), the second is synchronized only.
 */
final class CurrentTransaction {

    private static final Method IS_ACTIVE = isTransactionActive();

    private CurrentTransaction() {}

    /**
     * Makes sure that there is one.
     *
     * @throws TransactionException when there is not; the message says what to do
     */
    static void require(DataSource dataSource) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new TransactionException(
                    "there is no transaction that the message could be part of: call publish in a method with"
                            + " @Transactional, or in a TransactionTemplate, on the thread that began it; nothing was written");
        }
        if (TransactionSynchronizationManager.isCurrentTransactionReadOnly()) {
            throw new TransactionException("the current transaction is read-only (" + name()
                    + "), so it cannot hold a message: remove readOnly = true; nothing was written");
        }
        if (!isManaged(TransactionSynchronizationManager.getResource(dataSource))) {
            throw new TransactionException("the current transaction (" + name()
                    + ") is not one of the outbox's data source, so the message would not be part of it: its transaction manager"
                    + " must be a DataSourceTransactionManager or JpaTransactionManager of the DataSource bean that the outbox uses"
                    + " (boxcar.jdbc.data-source names it); nothing was written");
        }
    }

    private static boolean isManaged(@Nullable Object resource) {
        return resource instanceof ConnectionHolder holder
                && (!holder.isSynchronizedWithTransaction()
                        || Boolean.TRUE.equals(ReflectionUtils.invokeMethod(IS_ACTIVE, holder)));
    }

    private static String name() {
        return Objects.requireNonNullElse(
                TransactionSynchronizationManager.getCurrentTransactionName(), "without a name");
    }

    /** Spring tells it to its transaction managers only. */
    private static Method isTransactionActive() {
        Method method = ReflectionUtils.findMethod(ConnectionHolder.class, "isTransactionActive");
        if (method == null) {
            throw new IllegalStateException(
                    "this version of Spring does not say whether a connection has a transaction");
        }
        ReflectionUtils.makeAccessible(method);
        return method;
    }
}
