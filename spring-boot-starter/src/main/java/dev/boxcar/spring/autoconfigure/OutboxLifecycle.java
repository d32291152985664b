package dev.boxcar.spring.autoconfigure;

import dev.boxcar.Outbox;
import dev.boxcar.spi.OutboxStorage;
import java.sql.Connection;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Starts and stops the processing with the application context: after migrations of the database have run and before requests come in;
 * and it ends after the last request, while data source and publishers are still there. A context that is started again goes on.
 */
final class OutboxLifecycle implements SmartLifecycle {

    /** Before and, at the stop, after web servers and message listeners, which have larger phases. */
    static final int PHASE = Integer.MAX_VALUE / 2;

    private static final Logger log = LoggerFactory.getLogger(OutboxLifecycle.class);

    private final OutboxTables tables;
    private final OutboxStorage<Connection> storage;
    private final @Nullable Outbox<Connection> outbox;
    private final Duration patience;
    private @Nullable Thread thread;
    private boolean running;

    /**
     * A life cycle.
     *
     * @param outbox what processes, or null if this application only writes
     * @param patience how long a stop waits for what is under way
     */
    OutboxLifecycle(
            OutboxTables tables,
            OutboxStorage<Connection> storage,
            @Nullable Outbox<Connection> outbox,
            Duration patience) {
        this.tables = tables;
        this.storage = storage;
        this.outbox = outbox;
        this.patience = patience;
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        tables.prepare(storage, outbox != null);
        if (outbox != null) {
            thread = inBackground(outbox);
        }
        running = true;
    }

    private static Thread inBackground(Outbox<Connection> outbox) {
        Thread thread = new Thread(() -> process(outbox), "boxcar-" + outbox.processorId());
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void process(Outbox<Connection> outbox) {
        try {
            outbox.startProcessing();
        } catch (RuntimeException e) {
            log.error("processor {}: processing has ended, nothing is published any more", outbox.processorId(), e);
        }
    }

    /** Brings what is under way to its end. The outbox itself stays open, so that others may write in it until the very end. */
    @Override
    public synchronized void stop() {
        Thread processing = thread;
        if (processing != null) {
            processing.interrupt();
            try {
                processing.join(patience.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (processing.isAlive()) {
                log.warn(
                        "{} did not stop within {} ms; its claims end by themselves",
                        processing.getName(),
                        patience.toMillis());
            }
            thread = null;
        }
        running = false;
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
