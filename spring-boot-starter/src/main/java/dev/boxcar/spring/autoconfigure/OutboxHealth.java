package dev.boxcar.spring.autoconfigure;

import dev.boxcar.Outbox;
import dev.boxcar.OutboxStatus;
import dev.boxcar.StorageException;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.StorageStatus;
import java.sql.Connection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether the outbox does its work. A broker that is down is not its failure, and a restart of the application would mend nothing: the
 * backlog waits, and a detail tells.
 *
 * @param up false when the database cannot be reached, or the processor has ended
 * @param details for people
 */
record OutboxHealth(boolean up, Map<String, Object> details) {

    static OutboxHealth of(OutboxStorage<Connection> storage, @Nullable Outbox<Connection> outbox) {
        Map<String, Object> details = new LinkedHashMap<>();
        boolean up = true;
        if (outbox != null) {
            OutboxStatus status = outbox.status();
            up = status.running();
            details.put("processor", status.processorId());
            details.put("running", status.running());
            Map<String, String> destinations = new TreeMap<>();
            status.destinations()
                    .forEach(each -> destinations.put(each.name(), each.available() ? "available" : "unavailable"));
            details.put("destinations", destinations);
        }
        try {
            StorageStatus stored = storage.status();
            details.put("pending", stored.pending());
            details.put("deadLetters", stored.deadLetters());
            if (stored.oldestPending() != null) {
                details.put("oldestPendingSeconds", stored.oldestPending().toSeconds());
            }
        } catch (StorageException e) {
            up = false;
            details.put("error", String.valueOf(e.getMessage()));
        }
        return new OutboxHealth(up, details);
    }
}
