package dev.boxcar.kafka;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the producer and replaces it when it has ended, in a thread of its own: to close one may wait for its thread, to create
 * one may wait for the name service. There is never more than one such thread, nor a second producer that still sends.
 */
final class Producers {

    private static final Logger log = LoggerFactory.getLogger(KafkaPublisher.class);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final String name;
    private final Supplier<LiveProducer> factory;
    private final Runnable whenReplaced;

    private LiveProducer current;
    private boolean replacing;
    private boolean closed;
    private long notBefore;
    private @Nullable String failure;

    /** Creates the first producer at once, so that settings which cannot work are found here. */
    Producers(String name, Supplier<LiveProducer> factory, Runnable whenReplaced) {
        this.name = name;
        this.factory = factory;
        this.whenReplaced = whenReplaced;
        this.current = factory.get();
    }

    /** The producer, or null while it is being replaced. Does not wait. */
    synchronized @Nullable LiveProducer get(long now) {
        if (current.endReason() == null) {
            return current;
        }
        if (!replacing && !closed && (failure == null || now - notBefore >= 0)) {
            replacing = true;
            LiveProducer old = current;
            Thread thread = new Thread(() -> replace(old), name + "-connect");
            thread.setDaemon(true);
            thread.start();
        }
        return null;
    }

    /** Why there is no producer. */
    synchronized String reason() {
        String reason = failure != null ? failure : current.endReason();
        return reason == null ? "the client is being started anew" : reason;
    }

    /** Has the producer replaced. */
    synchronized void retire(String reason) {
        current.retire(reason);
    }

    /** Ends the producer, now or as soon as it is there. */
    void close(String reason) {
        LiveProducer last;
        synchronized (this) {
            closed = true;
            last = current;
        }
        last.end(reason);
    }

    private void replace(LiveProducer old) {
        LiveProducer next = null;
        String problem = null;
        try {
            old.end(reason());
            next = factory.get();
            log.info("{}: started a new Kafka client, because the last one was ended: {}", name, old.endReason());
        } catch (RuntimeException e) {
            log.warn("{}: cannot start a new Kafka client, next try in 500 ms", name, e);
            problem = "cannot start a Kafka client: " + e.getMessage();
        }
        boolean tooLate;
        synchronized (this) {
            replacing = false;
            failure = problem;
            notBefore = System.nanoTime() + PAUSE_NANOS;
            current = next != null ? next : current;
            tooLate = closed;
        }
        if (tooLate && next != null) {
            next.end("closed");
        }
        whenReplaced.run();
    }
}
