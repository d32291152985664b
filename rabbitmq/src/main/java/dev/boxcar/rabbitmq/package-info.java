/** Publishes to RabbitMQ: see {@link dev.boxcar.rabbitmq.RabbitMqPublisher}. */
@NullMarked
package dev.boxcar.rabbitmq;

import org.jspecify.annotations.NullMarked;
