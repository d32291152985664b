package dev.boxcar.examples.transactions;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import java.sql.Connection;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** JDBI's transactions. */
final class JdbiOrders implements OrderService {

    private final Jdbi jdbi;
    private final Outbox<Connection> outbox;

    JdbiOrders(DataSource pool, Outbox<Connection> outbox) {
        this.jdbi = Jdbi.create(pool);
        this.outbox = outbox;
    }

    // tag::jdbi[]
    @Override
    public void place(String customer, String item) {
        jdbi.useTransaction(handle -> {
            handle.createUpdate("insert into orders (customer, item) values (:customer, :item)")
                    .bind("customer", customer)
                    .bind("item", item)
                    .execute();
            outbox.inNamespace("orders").publish(handle.getConnection(), Message.of(customer, item));
        });
        outbox.wakeProcessor();
    }
    // end::jdbi[]
}
