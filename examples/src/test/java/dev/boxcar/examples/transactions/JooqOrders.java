package dev.boxcar.examples.transactions;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import java.sql.Connection;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;

/** jOOQ's transactions. */
final class JooqOrders implements OrderService {

    private final DSLContext database;
    private final Outbox<Connection> outbox;

    JooqOrders(DataSource pool, Outbox<Connection> outbox) {
        this.database = DSL.using(pool, SQLDialect.POSTGRES);
        this.outbox = outbox;
    }

    // tag::jooq[]
    @Override
    public void place(String customer, String item) {
        database.transaction(transaction -> {
            DSLContext orders = transaction.dsl();
            orders.insertInto(table("orders"), field("customer"), field("item"))
                    .values(customer, item)
                    .execute();
            orders.connection(
                    connection -> outbox.inNamespace("orders").publish(connection, Message.of(customer, item)));
        });
        outbox.wakeProcessor();
    }
    // end::jooq[]
}
