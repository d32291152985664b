package dev.boxcar.internal;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxListener;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells several listeners, and keeps what they throw away from the processor. */
public final class CompositeListener implements OutboxListener {

    private static final Logger log = LoggerFactory.getLogger(CompositeListener.class);

    private final List<OutboxListener> listeners;
    private final Set<OutboxListener> reported = ConcurrentHashMap.newKeySet();

    /** Tells these, in this order. */
    public CompositeListener(List<OutboxListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    private void tell(Consumer<OutboxListener> event) {
        for (OutboxListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException | LinkageError | AssertionError e) {
                if (reported.add(listener)) {
                    log.warn(
                            "listener {} failed; processing goes on, and further failures of it are not logged",
                            listener.getClass().getName(),
                            e);
                }
            }
        }
    }

    @Override
    public void messagesWritten(OutboxContext context, List<Message> messages) {
        tell(listener -> listener.messagesWritten(context, messages));
    }

    @Override
    public void started(String processorId) {
        tell(listener -> listener.started(processorId));
    }

    @Override
    public void stopped(String processorId) {
        tell(listener -> listener.stopped(processorId));
    }

    @Override
    public void claimsAcquired(int partitions, int takenOver) {
        tell(listener -> listener.claimsAcquired(partitions, takenOver));
    }

    @Override
    public void claimsReleased(int partitions) {
        tell(listener -> listener.claimsReleased(partitions));
    }

    @Override
    public void claimsLost(int partitions) {
        tell(listener -> listener.claimsLost(partitions));
    }

    @Override
    public void published(String destination, List<ClaimedEntry> entries, Duration callTime) {
        tell(listener -> listener.published(destination, entries, callTime));
    }

    @Override
    public void settled(int entries) {
        tell(listener -> listener.settled(entries));
    }

    @Override
    public void retryScheduled(ClaimedEntry entry, String reason, Duration delay) {
        tell(listener -> listener.retryScheduled(entry, reason, delay));
    }

    @Override
    public void deadLettered(ClaimedEntry entry, String reason) {
        tell(listener -> listener.deadLettered(entry, reason));
    }

    @Override
    public void keyHeld(ClaimedEntry entry, String reason) {
        tell(listener -> listener.keyHeld(entry, reason));
    }

    @Override
    public void destinationUnavailable(String destination, String reason) {
        tell(listener -> listener.destinationUnavailable(destination, reason));
    }

    @Override
    public void destinationAvailable(String destination, Duration outage) {
        tell(listener -> listener.destinationAvailable(destination, outage));
    }

    @Override
    public void namespacePaused(String namespace) {
        tell(listener -> listener.namespacePaused(namespace));
    }

    @Override
    public void namespaceResumed(String namespace) {
        tell(listener -> listener.namespaceResumed(namespace));
    }

    @Override
    public void storageFailed(String operation, Throwable cause) {
        tell(listener -> listener.storageFailed(operation, cause));
    }

    @Override
    public void storageRecovered(@Nullable Duration outage) {
        tell(listener -> listener.storageRecovered(outage));
    }
}
