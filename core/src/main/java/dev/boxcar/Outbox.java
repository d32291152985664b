package dev.boxcar;

import dev.boxcar.internal.CompositeListener;
import dev.boxcar.internal.Environment;
import dev.boxcar.internal.Processor;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.WakeSource;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A transactional outbox: writes messages in the caller's transaction and publishes every committed one, at least once and
 * in order per key, then deletes it.
 *
 * <p>Any number of outboxes, in one process or in many, share the work of one storage. Safe for use by several threads.
 * {@link #close()} ends the processing; the storage and the publisher were created by the application, which closes them
 * afterwards.
 *
 * @param <T> the transaction, for example {@link java.sql.Connection}
 */
public final class Outbox<T> implements OutboxWriter<T>, AutoCloseable {

    private final OutboxStorage<T> storage;
    private final OutboxWriter<T> writer;
    private final CompositeListener listener;
    private final Processor processor;

    private Outbox(Builder<T> builder, OutboxStorage<T> storage, Publisher publisher, String processorId) {
        this.storage = storage;
        this.writer = OutboxWriter.create(storage, builder.settings.messageLimits());
        this.listener = new CompositeListener(builder.listeners);
        this.processor = new Processor(
                new Environment(
                        processorId,
                        builder.settings,
                        storage,
                        publisher,
                        listener,
                        builder.clock,
                        new SplittableRandom()),
                builder.executor,
                builder.wakeSource);
    }

    /** A builder; storage and publisher are required. */
    public static <T> Builder<T> builder() {
        return new Builder<>();
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException when the outbox is closed
     */
    @Override
    public void publish(OutboxContext context, T transaction, List<Message> messages) {
        processor.checkOpen();
        writer.publish(context, transaction, messages);
        listener.messagesWritten(context, messages);
    }

    /**
     * Publishes everything that can be published now, on the calling thread, then gives its claims back and returns. Entries
     * that wait for another attempt, whose destination cannot be reached, or whose partition belongs to another live
     * processor, stay. For tests, and for applications that bring their own loop.
     *
     * @return how many entries were published
     * @throws IllegalStateException when processing runs in the background, or the outbox is closed
     * @throws StorageException when the storage failed
     */
    public int pumpOutbox() {
        return processor.pump();
    }

    /**
     * Processes on the calling thread until {@link #close()} is called or the thread is interrupted; then what is under way
     * is brought to its end and the claims are given back.
     *
     * @throws SchemaException when the tables are missing or of another version
     * @throws IllegalStateException when processing already runs, or the outbox is closed
     */
    public void startProcessing() {
        processor.runHere();
    }

    /**
     * Processes in the background until {@link #close()}. A database or broker that cannot be reached is waited for.
     *
     * @throws SchemaException when the tables are missing or of another version
     * @throws IllegalStateException when processing already runs, or the outbox is closed
     */
    public void start() {
        processor.start();
    }

    /**
     * Tells the processor that something was committed, so that it need not wait for its process interval. Never blocks; many
     * calls before it looks are one.
     */
    public void wakeProcessor() {
        processor.wake();
    }

    /**
     * Stops publishing the entries of a namespace by this processor until {@link #resume}. Other namespaces flow on. What is
     * being sent at this moment is still sent.
     */
    public void pause(String namespace) {
        processor.engine().pause(OutboxContext.ofNamespace(namespace).namespace());
        processor.wake();
    }

    /** Goes on with a paused namespace. Does nothing if it is not paused. */
    public void resume(String namespace) {
        processor.engine().resume(OutboxContext.ofNamespace(namespace).namespace());
        processor.wake();
    }

    /** What this processor is doing now. Costs nothing in the database. */
    public OutboxStatus status() {
        return processor.status();
    }

    /** The entries that could not be published. */
    public DeadLetters deadLetters() {
        return storage.deadLetters();
    }

    /** This processor's id. */
    public String processorId() {
        return processor.engine().processorId();
    }

    /**
     * Ends the processing: nothing new is sent, what is under way is brought to its end, and the claims are given back so that
     * others go on at once. Returns when this is done, at the latest after the claim duration and the publish timeout. May be
     * called again, and from any thread but the processor's own.
     */
    @Override
    public void close() {
        processor.close();
    }

    @Override
    public String toString() {
        return "Outbox[" + processorId() + ", " + storage.description() + "]";
    }

    /**
     * Collects what an outbox is made of.
     *
     * @param <T> the transaction
     */
    public static final class Builder<T> {
        private @Nullable OutboxStorage<T> storage;
        private @Nullable Publisher publisher;
        private @Nullable String processorId;
        private OutboxSettings settings = OutboxSettings.defaults();
        private final List<OutboxListener> listeners = new ArrayList<>();
        private OutboxClock clock = OutboxClock.system();
        private @Nullable Executor executor;
        private @Nullable WakeSource wakeSource;

        private Builder() {}

        /** Where entries live. Required. */
        public Builder<T> storage(OutboxStorage<T> value) {
            storage = Objects.requireNonNull(value, "storage");
            return this;
        }

        /** Where messages go. Required. */
        public Builder<T> publisher(Publisher value) {
            publisher = Objects.requireNonNull(value, "publisher");
            return this;
        }

        /**
         * What this processor is called in logs and in the table of processors, up to 100 characters. Need not be unique.
         * Default: host name, process id and four random characters.
         */
        public Builder<T> processorId(String value) {
            if (value.isBlank() || value.length() > 100 || value.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException(
                        "processorId must have 1 to 100 characters, none of them a control character");
            }
            processorId = value;
            return this;
        }

        /** How it works. */
        public Builder<T> settings(OutboxSettings value) {
            settings = Objects.requireNonNull(value, "settings");
            return this;
        }

        /** How it works, for example {@code settings(s -> s.batchSize(100))}. */
        public Builder<T> settings(Consumer<OutboxSettings.Builder> change) {
            OutboxSettings.Builder builder = OutboxSettings.builder();
            change.accept(builder);
            return settings(builder.build());
        }

        /** Adds a listener. */
        public Builder<T> listener(OutboxListener value) {
            listeners.add(Objects.requireNonNull(value, "listener"));
            return this;
        }

        /**
         * Who tells the processor that writers in other processes have committed something, for example PostgreSQL. In use from
         * the start of processing to its end, not by {@link Outbox#pumpOutbox()}. Default: nobody; the processor looks by itself
         * and can be {@linkplain Outbox#wakeProcessor() told}.
         */
        public Builder<T> wakeSource(WakeSource value) {
            wakeSource = Objects.requireNonNull(value, "wakeSource");
            return this;
        }

        /** The processor's clock. Default: the machine's. */
        public Builder<T> clock(OutboxClock value) {
            clock = Objects.requireNonNull(value, "clock");
            return this;
        }

        /**
         * Runs the processor's loop and its blocking calls to the storage: up to four tasks at once, one of them for as long
         * as processing runs. Give an executor of virtual threads to use those. It is not shut down. Default: platform daemon
         * threads of its own.
         */
        public Builder<T> executor(Executor value) {
            executor = Objects.requireNonNull(value, "executor");
            return this;
        }

        /**
         * The outbox. Touches neither database nor broker.
         *
         * @throws IllegalArgumentException when something is missing or contradictory
         */
        public Outbox<T> build() {
            OutboxStorage<T> theStorage = storage;
            Publisher thePublisher = publisher;
            if (theStorage == null) {
                throw new IllegalArgumentException("storage is required: where do the entries live?");
            }
            if (thePublisher == null) {
                throw new IllegalArgumentException("publisher is required: where do the messages go? "
                        + "(An application that only writes needs an OutboxWriter)");
            }
            Duration longest = thePublisher.longestCall();
            if (longest.compareTo(settings.publishTimeout()) > 0) {
                throw new IllegalArgumentException("publishTimeout ("
                        + settings.publishTimeout().toMillis()
                        + " ms) must not be shorter than the longest call of the publisher (" + longest.toMillis()
                        + " ms): shorten the publisher's time-out, or lengthen claimDuration ("
                        + settings.claimDuration().toMillis() + " ms) and with it publishTimeout");
            }
            return new Outbox<>(
                    this, theStorage, thePublisher, processorId == null ? defaultProcessorId() : processorId);
        }

        private static String defaultProcessorId() {
            String name = ManagementFactory.getRuntimeMXBean().getName().toLowerCase(Locale.ROOT); // pid@host
            int at = name.indexOf('@');
            String host = at < 0 ? name : name.substring(at + 1);
            String shortHost = host.length() > 60 ? host.substring(0, 60) : host;
            return shortHost + "-" + ProcessHandle.current().pid() + "-"
                    + UUID.randomUUID().toString().substring(0, 4);
        }
    }
}
