package dev.boxcar.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.ShutdownSignalException;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.PendingResults;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes calls one after the other from a thread of its own, since connecting and writing block; confirmations arrive on the
 * client's thread. What is not published in the first half of its call's time goes with a later call.
 *
 * <p>Safe for use by several threads.
 */
final class Sender {

    private final Link.Connector connector;
    private final Routes routes;
    private final Messages messages;
    private final Duration publishTimeout;
    private final String target;
    private final ExecutorService thread;
    private volatile @Nullable Link link;
    private volatile boolean closed;

    Sender(Link.Connector connector, Routes routes, Messages messages, Duration publishTimeout, String target) {
        this.connector = connector;
        this.routes = routes;
        this.messages = messages;
        this.publishTimeout = publishTimeout;
        this.target = target;
        this.thread = Executors.newSingleThreadExecutor(RabbitMqPublisher.THREADS);
    }

    CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
        PendingResults results = new PendingResults(entries);
        long startedAt = System.nanoTime();
        try {
            thread.execute(() -> send(entries, results, startedAt));
        } catch (RejectedExecutionException e) {
            results.settleOpen(PublishResult.unavailable("the publisher is closed"));
        }
        results.ifOpenAfter(publishTimeout, () -> timeOut(results, startedAt));
        return results.stage();
    }

    private void send(List<ClaimedEntry> entries, PendingResults results, long startedAt) {
        int next = 0;
        PublishResult rest = PublishResult.SKIPPED;
        try {
            for (; next < entries.size(); next++) {
                ClaimedEntry entry = entries.get(next);
                if (results.isOpen(entry)) {
                    send(entry, results, startedAt + publishTimeout.toNanos() / 2);
                }
            }
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            rest = PublishResult.unavailable("no connection to " + target + ": " + Complaint.describe(e));
        } catch (UnavailableException e) {
            rest = PublishResult.unavailable(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            rest = PublishResult.unavailable("the publisher is closed");
        } catch (RuntimeException e) {
            // Its text may quote the message.
            rest = PublishResult.unavailable(
                    "the client failed: " + e.getClass().getName());
        }
        for (ClaimedEntry unsent : entries.subList(next, entries.size())) {
            results.settle(unsent, rest);
        }
    }

    private void send(ClaimedEntry entry, PendingResults results, long startBefore)
            throws IOException, TimeoutException, InterruptedException, UnavailableException {
        RabbitMqRoute route;
        try {
            route = routes.of(entry);
        } catch (Routes.RefusedException e) {
            results.settle(entry, e.result());
            return;
        }
        BasicProperties properties = messages.of(entry);
        Link current;
        Unconfirmed unconfirmed;
        do {
            current = ready();
            unconfirmed = current.unconfirmed();
            if (!unconfirmed.awaitRoom(startBefore) && !unconfirmed.hasEnded()) {
                // Nothing is known against RabbitMQ yet; what is under way will tell.
                results.settle(entry, PublishResult.SKIPPED);
                return;
            }
        } while (!unconfirmed.add(entry, results, route));
        publish(current, unconfirmed, new Publication(entry, results, route, properties));
    }

    private record Publication(
            ClaimedEntry entry, PendingResults results, RabbitMqRoute route, BasicProperties properties) {}

    private static void publish(Link current, Unconfirmed unconfirmed, Publication publication) throws IOException {
        try {
            current.publish(
                    publication.route(),
                    publication.properties(),
                    publication.entry().payload());
        } catch (IllegalArgumentException e) {
            // About lengths; it does not quote what is too long.
            unconfirmed.removeLast();
            publication
                    .results()
                    .settle(
                            publication.entry(),
                            PublishResult.rejected("AMQP cannot hold the message: " + e.getMessage()));
        } catch (ShutdownSignalException e) {
            unconfirmed.end(e); // with this one in it, which did not leave
        } catch (IOException e) {
            current.kill(); // the end of the connection brings the end of what is unconfirmed
            throw e;
        }
    }

    /** A link that can publish, as far as is known. */
    private Link ready() throws IOException, TimeoutException, UnavailableException {
        Link current = link;
        if (closed) {
            throw new UnavailableException("the publisher is closed");
        }
        if (current != null && current.isOpen()) {
            String blocked = current.blocked();
            if (blocked != null) {
                throw new UnavailableException("RabbitMQ takes nothing from publishers at present: " + blocked);
            }
            if (current.unconfirmed().hasEnded()) {
                current.openChannel(current.unconfirmed().careful());
            }
            return current;
        }
        int careful = 0;
        if (current != null) {
            careful = current.unconfirmed().careful();
            current.kill();
        }
        Link fresh = connector.connect(careful, current != null);
        link = fresh;
        return fresh;
    }

    private void timeOut(PendingResults results, long startedAt) {
        Link current = link;
        if (current != null && current.unconfirmed().aliveSince(startedAt)) {
            results.settleOpen(PublishResult.SKIPPED);
            return;
        }
        results.settleOpen(PublishResult.unavailable(
                "no confirmation from " + target + " within " + publishTimeout.toMillis() + " ms"));
        // One that blocks publishers is alive, and must not get everything a second time when it goes on.
        if (current != null && current.blocked() == null) {
            current.kill();
        }
    }

    void close() {
        closed = true;
        thread.shutdown();
        long end = System.nanoTime() + publishTimeout.toNanos();
        try {
            if (!thread.awaitTermination(publishTimeout.toNanos(), TimeUnit.NANOSECONDS)) {
                connector.abort();
                thread.shutdownNow();
                thread.awaitTermination(1, TimeUnit.SECONDS);
            }
            Link last = link;
            if (last != null) {
                last.unconfirmed().awaitNone(Duration.ofNanos(Math.max(0, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Link last = link;
        if (last != null) {
            last.close((int) Math.min(1_000, publishTimeout.toMillis()));
        }
    }

    /** RabbitMQ cannot be used, for a reason that is no exception of its client. */
    private static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;

        UnavailableException(String reason) {
            super(reason);
            this.reason = reason;
        }

        @Override
        public String getMessage() {
            return reason;
        }
    }
}
