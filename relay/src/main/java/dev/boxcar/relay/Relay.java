package dev.boxcar.relay;

import dev.boxcar.Outbox;
import dev.boxcar.OutboxListener;
import dev.boxcar.Publisher;
import dev.boxcar.StorageException;
import dev.boxcar.spi.WakeSource;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The life of a relay: waits for its database, processes until it is stopped, then drains and gives its claims back. */
final class Relay {

    private static final Logger log = LoggerFactory.getLogger(Relay.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration CHECK = Duration.ofSeconds(5);

    private final OpenStorage database;
    private final Outbox<Connection> outbox;
    private final StopSignal stop;

    Relay(
            OpenStorage database,
            Publisher publisher,
            ProcessorOptions options,
            List<OutboxListener> listeners,
            StopSignal stop) {
        this.database = database;
        this.stop = stop;
        Outbox.Builder<Connection> builder = Outbox.<Connection>builder()
                .storage(database.storage())
                .publisher(publisher)
                .settings(options.settings());
        String id = options.processorId;
        if (id != null) {
            builder.processorId(id);
        }
        listeners.forEach(builder::listener);
        WakeSource wakes = database.wakes();
        if (wakes != null) {
            builder.wakeSource(wakes);
        }
        this.outbox = builder.build();
    }

    Outbox<Connection> outbox() {
        return outbox;
    }

    /** Returns when it was stopped and everything is given back. */
    void run(String destination) {
        if (!awaitDatabase()) {
            return;
        }
        log.info(
                "relay {} started: {} to {}",
                outbox.processorId(),
                database.storage().description(),
                destination);
        try (outbox) {
            outbox.start();
            awaitStop();
        }
        log.info("relay {} stopped; its claims are given back", outbox.processorId());
    }

    /** Returns false when it was stopped before the database answered. */
    private boolean awaitDatabase() {
        boolean told = false;
        while (true) {
            try {
                database.prepare();
                if (told) {
                    log.info("the database can be reached");
                }
                return true;
            } catch (StorageException e) {
                String refusal = OpenStorage.refusal(e);
                if (refusal != null) {
                    throw new CommandFailure("the database refuses the connection: " + refusal, e);
                }
                if (!told) {
                    log.warn(
                            "the database cannot be reached; trying again every second until it can: {}",
                            Failures.text(e));
                    told = true;
                }
            }
            if (stop.within(RETRY)) {
                return false;
            }
        }
    }

    /** A processor that ended by itself must not leave a process behind that looks alive. */
    private void awaitStop() {
        while (!stop.within(CHECK)) {
            if (!outbox.status().running()) {
                throw new CommandFailure("the processor ended unexpectedly; its log lines above say why");
            }
        }
    }
}
