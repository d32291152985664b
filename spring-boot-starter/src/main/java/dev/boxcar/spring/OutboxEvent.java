package dev.boxcar.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a class of events that go to the outbox when they are published with Spring's
 * {@link org.springframework.context.ApplicationEventPublisher}, in the transaction that is current then. The payload is the event,
 * written by the {@link PayloadSerializer}.
 *
 * <p>For classes that cannot be annotated, or whose payload is another, there is {@link OutboxEventMapping}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
public @interface OutboxEvent {

    /** The namespace, which for Kafka is the topic; the default one if it is empty. */
    String namespace() default "";

    /**
     * The ordering key: an expression in Spring's language with the event as its root, {@code orderId()} or {@code order.id} for
     * example. Its value must be text, a number, a boolean, an enum, a UUID or an array of bytes, and not null. Empty: no key, no order.
     */
    String key() default "";

    /** The message's logical type, for example {@code order.placed.v1}; none if it is empty. */
    String type() default "";
}
