package dev.boxcar.spring;

import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Says what becomes of events of a class when they are published with Spring's
 * {@link org.springframework.context.ApplicationEventPublisher}: a message in the current transaction. Each bean of this type counts;
 * it wins over {@link OutboxEvent} at the class. Two of them for the same event are refused.
 *
 * <p>Immutable and safe to share, if its functions are.
 *
 * @param <E> the events
 */
public final class OutboxEventMapping<E> {

    private final Class<E> eventType;
    private final String namespace;
    private final Function<? super E, ? extends @Nullable Object> key;
    private final @Nullable String type;
    private final Function<? super E, ?> payload;
    private final Function<? super E, Map<String, String>> headers;

    private OutboxEventMapping(Builder<E> builder) {
        eventType = builder.eventType;
        namespace = builder.namespace;
        key = builder.key;
        type = builder.type;
        payload = builder.payload;
        headers = builder.headers;
    }

    /** A builder for the events of a class and of those derived from it. */
    public static <E> Builder<E> of(Class<E> eventType) {
        return new Builder<>(eventType);
    }

    Class<E> eventType() {
        return eventType;
    }

    MappedEvent map(Object event) {
        E typed = eventType.cast(event);
        return new MappedEvent(namespace, key.apply(typed), type, payload.apply(typed), headers.apply(typed));
    }

    @Override
    public String toString() {
        return "OutboxEventMapping[" + eventType.getName() + "]";
    }

    /**
     * Collects what becomes of an event. Not safe for use by several threads.
     *
     * @param <E> the events
     */
    public static final class Builder<E> {

        private final Class<E> eventType;
        private String namespace = "";
        private Function<? super E, ? extends @Nullable Object> key = event -> MappedEvent.NO_KEY;
        private @Nullable String type;
        private Function<? super E, ?> payload = event -> event;
        private Function<? super E, Map<String, String>> headers = event -> Map.of();

        private Builder(Class<E> eventType) {
            this.eventType = Objects.requireNonNull(eventType, "eventType");
        }

        /** The namespace, which for Kafka is the topic. Default: the default one. */
        public Builder<E> namespace(String value) {
            namespace = Objects.requireNonNull(value, "namespace");
            return this;
        }

        /**
         * The ordering key: text, a number, a boolean, an enum, a UUID or an array of bytes, and not null. Default: no key, no
         * order.
         */
        public Builder<E> key(Function<? super E, ?> value) {
            key = Objects.requireNonNull(value, "key");
            return this;
        }

        /** The message's logical type, for example {@code order.placed.v1}. Default: none. */
        public Builder<E> type(String value) {
            type = Objects.requireNonNull(value, "type");
            return this;
        }

        /** What the {@link PayloadSerializer} writes; an array of bytes is the payload itself. Default: the event. */
        public Builder<E> payload(Function<? super E, ?> value) {
            payload = Objects.requireNonNull(value, "payload");
            return this;
        }

        /** Headers of the message. Default: {@code content-type} alone. */
        public Builder<E> headers(Function<? super E, Map<String, String>> value) {
            headers = Objects.requireNonNull(value, "headers");
            return this;
        }

        /** The mapping. */
        public OutboxEventMapping<E> build() {
            return new OutboxEventMapping<>(this);
        }
    }
}
