package dev.boxcar.examples.transactions;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.sql.Connection;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.Configuration;
import org.jspecify.annotations.Nullable;

/** Hibernate without a container: the session's own connection takes the message. */
final class HibernateOrders implements OrderService {

    /** An order. */
    @Entity(name = "Purchase")
    @Table(name = "orders")
    static class Purchase {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY)
        @Nullable
        Integer id;

        @Nullable
        String customer;

        @Nullable
        String item;

        /** For Hibernate. */
        protected Purchase() {}

        Purchase(String customer, String item) {
            this.customer = customer;
            this.item = item;
        }
    }

    private final SessionFactory sessions;
    private final Outbox<Connection> outbox;

    HibernateOrders(DataSource pool, Outbox<Connection> outbox) {
        Configuration configuration = new Configuration().addAnnotatedClass(Purchase.class);
        configuration.getProperties().put(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, pool);
        this.sessions = configuration.buildSessionFactory();
        this.outbox = outbox;
    }

    // tag::hibernate[]
    @Override
    public void place(String customer, String item) {
        sessions.inTransaction(session -> {
            session.persist(new Purchase(customer, item));
            session.doWork(connection -> outbox.inNamespace("orders").publish(connection, Message.of(customer, item)));
        });
        outbox.wakeProcessor();
    }
    // end::hibernate[]

    @Override
    public void close() {
        sessions.close();
    }
}
