package dev.boxcar.benchmarks.peers;

import dev.boxcar.benchmarks.Deployment;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;

/** Transactions of a Spring application with a piece of business in each. */
final class SpringTransactions {

    private final PlatformTransactionManager manager;
    private final DataSource dataSource;

    SpringTransactions(ApplicationContext application, DataSource dataSource) {
        this.manager = application.getBean(PlatformTransactionManager.class);
        this.dataSource = dataSource;
    }

    /** Commits both or neither. */
    void run(Deployment.Business business, Runnable messages) throws SQLException {
        TransactionStatus transaction = manager.getTransaction(new DefaultTransactionDefinition());
        try {
            business.on(DataSourceUtils.getConnection(dataSource));
            messages.run();
        } catch (SQLException | RuntimeException e) {
            manager.rollback(transaction);
            throw e;
        }
        manager.commit(transaction);
    }
}
