package dev.boxcar.spring;

import dev.boxcar.OutboxContext;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Writes events as messages of the current transaction, for the listeners. What cannot be written makes the transaction fail, even if
 * somebody catches the exception. Safe for use by several threads.
 */
public final class OutboxEventWriter {

    private final Supplier<OutboxTemplate> outbox;
    private final Supplier<PayloadSerializer> serializer;

    /**
     * A writer.
     *
     * @param outbox asked when there is something to write
     * @param serializer asked when there is something to serialize
     */
    public OutboxEventWriter(Supplier<OutboxTemplate> outbox, Supplier<PayloadSerializer> serializer) {
        this.outbox = Objects.requireNonNull(outbox, "outbox");
        this.serializer = Objects.requireNonNull(serializer, "serializer");
    }

    /** Writes what becomes of an event, if anything does. */
    void write(Object event, Supplier<Optional<MappedEvent>> mapping) {
        try {
            Optional<MappedEvent> mapped = mapping.get();
            if (mapped.isPresent()) {
                outbox.get()
                        .publish(
                                OutboxContext.ofNamespace(mapped.get().namespace()),
                                List.of(mapped.get().message(serializer)));
            }
        } catch (RuntimeException e) {
            OutboxEventException failure = new OutboxEventException(
                    "an event of " + event.getClass().getName() + " could not be written to the outbox: " + reason(e),
                    e);
            if (TransactionSynchronizationManager.isSynchronizationActive()) {
                TransactionSynchronizationManager.registerSynchronization(new NoCommit(failure));
            }
            throw failure;
        }
    }

    /** Messages of our own say it; those of others may show content. */
    private static String reason(RuntimeException e) {
        return e instanceof UnusableEventException || e.getClass().getName().startsWith("dev.boxcar.")
                ? String.valueOf(e.getMessage())
                : e.getClass().getName();
    }

    /** What is wrong with an event or with its mapping. */
    static final class UnusableEventException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        UnusableEventException(String message) {
            super(message);
        }
    }

    /** Keeps the transaction from being committed by somebody who has caught the exception. */
    private record NoCommit(OutboxEventException failure) implements TransactionSynchronization {

        @Override
        public void beforeCommit(boolean readOnly) {
            throw failure;
        }
    }
}
