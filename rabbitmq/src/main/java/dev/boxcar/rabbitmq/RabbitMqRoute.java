package dev.boxcar.rabbitmq;

import java.util.Objects;

/**
 * Where RabbitMQ takes a message.
 *
 * @param exchange the exchange; empty for the default one, which takes a message to the queue that its routing key names
 * @param routingKey what the exchange routes by
 */
public record RabbitMqRoute(String exchange, String routingKey) {

    /** Checks for nulls. */
    public RabbitMqRoute {
        Objects.requireNonNull(exchange, "exchange");
        Objects.requireNonNull(routingKey, "routingKey");
    }
}
