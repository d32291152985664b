package dev.boxcar;

import dev.boxcar.spi.OutboxStorage;
import java.util.List;
import java.util.Objects;

/**
 * The writing half of the outbox: puts messages into the caller's transaction. An {@link Outbox} is one; an application
 * whose messages are carried by a relay elsewhere needs nothing but {@link #create}.
 *
 * <p>Safe for use by several threads; a transaction belongs to one of them. Never begins, commits, rolls back or closes
 * the transaction it is given.
 *
 * @param <T> the transaction, for example {@link java.sql.Connection}
 */
public interface OutboxWriter<T> {

    /**
     * Writes messages to the outbox as part of {@code transaction}: they will be published if and only if it commits.
     *
     * @param messages all or none are written, in this order; more of them in one call are one batch
     * @throws InvalidMessageException when a message is too large or malformed; nothing was written
     * @throws TransactionException when the transaction would not be atomic with the messages; nothing was written
     * @throws StorageException when the database refused; the transaction should be rolled back
     */
    void publish(OutboxContext context, T transaction, List<Message> messages);

    /** The same for messages one by one. */
    default void publish(OutboxContext context, T transaction, Message... messages) {
        publish(context, transaction, List.of(messages));
    }

    /** Writes in the default namespace. */
    default void publish(T transaction, Message... messages) {
        publish(OutboxContext.DEFAULT, transaction, List.of(messages));
    }

    /** A view that writes to one namespace. */
    default InNamespace<T> inNamespace(String namespace) {
        return new InNamespace<>(this, OutboxContext.ofNamespace(namespace));
    }

    /**
     * A view bound to one transaction: what business code can depend on without knowing of transactions. It ends with the
     * transaction.
     */
    default MessagePublisher bind(OutboxContext context, T transaction) {
        Objects.requireNonNull(context, "context");
        Objects.requireNonNull(transaction, "transaction");
        return messages -> publish(context, transaction, messages);
    }

    /** A writer with the default limits. */
    static <T> OutboxWriter<T> create(OutboxStorage<T> storage) {
        return create(storage, MessageLimits.DEFAULT);
    }

    /** A writer with these limits. */
    static <T> OutboxWriter<T> create(OutboxStorage<T> storage, MessageLimits limits) {
        Objects.requireNonNull(storage, "storage");
        Objects.requireNonNull(limits, "limits");
        return (context, transaction, messages) -> {
            Objects.requireNonNull(context, "context must not be null (use OutboxContext.DEFAULT)");
            Objects.requireNonNull(transaction, "transaction must not be null");
            List<Message> all = List.copyOf(messages);
            all.forEach(limits::check);
            if (!all.isEmpty()) {
                storage.publish(context, transaction, all);
            }
        };
    }

    /** Writes messages in the transaction it was {@linkplain OutboxWriter#bind bound} to. */
    @FunctionalInterface
    interface MessagePublisher {
        /** Writes these messages; see {@link OutboxWriter#publish(OutboxContext, Object, List)}. */
        void publish(List<Message> messages);

        /** Writes these messages; see {@link OutboxWriter#publish(OutboxContext, Object, List)}. */
        default void publish(Message... messages) {
            publish(List.of(messages));
        }
    }

    /**
     * Writes to one namespace.
     *
     * @param writer the writer behind it
     * @param context the context with the namespace
     * @param <T> the transaction
     */
    record InNamespace<T>(OutboxWriter<T> writer, OutboxContext context) {
        /** Writes these messages; see {@link OutboxWriter#publish(OutboxContext, Object, List)}. */
        public void publish(T transaction, Message... messages) {
            writer.publish(context, transaction, List.of(messages));
        }

        /** Writes these messages; see {@link OutboxWriter#publish(OutboxContext, Object, List)}. */
        public void publish(T transaction, List<Message> messages) {
            writer.publish(context, transaction, messages);
        }
    }
}
