package dev.boxcar.examples.spring;

import dev.boxcar.Message;
import dev.boxcar.spring.OutboxEvent;
import dev.boxcar.spring.OutboxTemplate;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Changes orders, and tells of it in the same transaction. */
@Service
public class OrderService {

    // tag::event[]
    /** Goes to the topic "orders", behind everything else that happened to this customer. */
    @OutboxEvent(namespace = "orders", key = "customer()", type = "order.placed.v1")
    record OrderPlaced(long id, String customer, String item) {}
    // end::event[]

    private final OrderRepository orders;
    private final ApplicationEventPublisher events;
    private final OutboxTemplate outbox;

    OrderService(OrderRepository orders, ApplicationEventPublisher events, OutboxTemplate outbox) {
        this.orders = orders;
        this.events = events;
        this.outbox = outbox;
    }

    // tag::place[]
    /** Stores an order and publishes an event about it, both or neither. */
    @Transactional
    public long place(String customer, String item) {
        Order order = orders.save(new Order(customer, item));
        events.publishEvent(new OrderPlaced(order.id(), customer, item));
        return order.id();
    }
    // end::place[]

    // tag::cancel[]
    /** Deletes an order and writes a message about it, both or neither. */
    @Transactional
    public void cancel(long id) {
        Order order = orders.findById(id).orElseThrow();
        orders.delete(order);
        outbox.publish(
                "orders", Message.of(order.customer(), "{\"id\":" + id + "}").withType("order.cancelled.v1"));
    }
    // end::cancel[]
}
