package dev.boxcar.nats;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PendingResults;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamOptions;
import io.nats.client.Message;
import io.nats.client.Options;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Publishes calls one after the other from a thread of its own, since connecting blocks; acknowledgements arrive on the client's
 * threads. What is not published in the first half of its call's time goes with a later call.
 *
 * <p>Safe for use by several threads.
 */
final class Sender {

    private final Options settings;
    private final LastError lastError = new LastError();
    private final Subjects subjects;
    private final Messages messages;
    private final Limits limits;
    private final String target;
    private final ThreadFactory threads;
    private final ExecutorService thread;
    private volatile @Nullable Link link;
    private volatile boolean closed;

    /**
     * How much and how long.
     *
     * @param mostUnacknowledged messages at once
     * @param publishTimeout of a call
     */
    record Limits(int mostUnacknowledged, Duration publishTimeout) {}

    Sender(Options settings, Subjects subjects, Messages messages, Limits limits, String target) {
        this.settings = new Options.Builder(settings).errorListener(lastError).build();
        this.subjects = subjects;
        this.messages = messages;
        this.limits = limits;
        this.target = target;
        this.threads = NatsPublisher.THREADS;
        this.thread = Executors.newSingleThreadExecutor(threads);
    }

    CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
        PendingResults results = new PendingResults(entries);
        long startedAt = System.nanoTime();
        try {
            thread.execute(() -> send(entries, results, startedAt));
        } catch (RejectedExecutionException e) {
            results.settleOpen(PublishResult.unavailable("the publisher is closed"));
        }
        results.ifOpenAfter(limits.publishTimeout(), () -> timeOut(results, startedAt));
        return results.stage();
    }

    private void send(List<ClaimedEntry> entries, PendingResults results, long startedAt) {
        int next = 0;
        PublishResult rest = PublishResult.SKIPPED;
        try {
            for (; next < entries.size(); next++) {
                ClaimedEntry entry = entries.get(next);
                if (results.isOpen(entry)) {
                    send(entry, results, startedAt + limits.publishTimeout().toNanos() / 2);
                }
            }
        } catch (IOException e) {
            // Without its text, which may quote the address and its password.
            rest = PublishResult.unavailable(
                    "no connection to " + target + ": " + e.getClass().getSimpleName() + lastError.suffix());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            rest = PublishResult.unavailable("the publisher is closed");
        } catch (IllegalStateException e) { // the connection has ended, or its queue is full
            rest = PublishResult.unavailable("no connection to " + target + ": " + e.getMessage());
        } catch (RuntimeException e) {
            rest = PublishResult.unavailable(
                    "the client failed: " + e.getClass().getName());
        }
        for (ClaimedEntry unsent : entries.subList(next, entries.size())) {
            results.settle(unsent, rest);
        }
    }

    private void send(ClaimedEntry entry, PendingResults results, long startBefore)
            throws IOException, InterruptedException {
        String subject;
        Headers headers;
        try {
            subject = subjects.of(entry);
            headers = messages.of(entry);
        } catch (Subjects.RefusedException e) {
            results.settle(entry, e.result());
            return;
        } catch (IllegalArgumentException e) {
            results.settle(entry, PublishResult.rejected(String.valueOf(e.getMessage())));
            return;
        }
        Link current = ready();
        if (!current.room().tryAcquire(startBefore - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            // Nothing is known against NATS yet; what is under way will tell.
            results.settle(entry, PublishResult.SKIPPED);
            return;
        }
        CompletableFuture<Message> answer;
        try {
            answer = current.connection()
                    .requestWithTimeout(
                            subject,
                            headers,
                            entry.payload(),
                            limits.publishTimeout().multipliedBy(2));
        } catch (IllegalArgumentException e) {
            current.room().release();
            // About sizes; it does not quote what is too large.
            results.settle(entry, PublishResult.rejected("NATS cannot take the message: " + e.getMessage()));
            return;
        } catch (RuntimeException e) {
            current.room().release();
            throw e;
        }
        onAnswer(answer, current, new Publication(entry, results, subject));
    }

    private record Publication(ClaimedEntry entry, PendingResults results, String subject) {
        void settle(PublishResult result) {
            results.settle(entry, result);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what the stage returned would tell is told to the publication
    private void onAnswer(CompletableFuture<Message> answer, Link current, Publication publication) {
        answer.whenComplete((message, failure) -> {
            current.room().release();
            if (message != null) {
                current.answered();
                publication.settle(Outcome.of(message));
            } else if (failure != null && Outcome.nobodyListens(failure)) {
                current.answered();
                askForStream(current, publication);
            } else {
                publication.settle(PublishResult.unavailable("no acknowledgement from " + target + lastError.suffix()));
            }
        });
    }

    /** A stream that exists may have no leader, or be on a server that is down: that is nothing to blame a message for. */
    private void askForStream(Link current, Publication publication) {
        try {
            thread.execute(() -> {
                if (publication.results().isOpen(publication.entry())) {
                    publication.settle(withoutListener(current, publication.subject()));
                }
            });
        } catch (RejectedExecutionException e) {
            publication.settle(PublishResult.unavailable("the publisher is closed"));
        }
    }

    private PublishResult withoutListener(Link current, String subject) {
        try {
            JetStreamOptions options = JetStreamOptions.builder()
                    .requestTimeout(limits.publishTimeout().dividedBy(2))
                    .build();
            return current.connection()
                            .jetStreamManagement(options)
                            .getStreamNames(subject)
                            .isEmpty()
                    ? PublishResult.failed("unroutable: no stream takes the subject")
                    : PublishResult.unavailable("the stream of the subject has no leader at present");
        } catch (JetStreamApiException e) {
            return PublishResult.unavailable("JetStream cannot be used: " + e.getErrorDescription());
        } catch (IOException | RuntimeException e) {
            return PublishResult.unavailable("JetStream does not answer at " + target);
        }
    }

    /** A link that can publish, as far as is known. */
    private Link ready() throws IOException, InterruptedException {
        if (closed) {
            throw new InterruptedException();
        }
        Link current = link;
        if (current == null || !current.isOpen()) {
            if (current != null) {
                current.kill(threads);
            }
            current = Link.connect(settings, limits.mostUnacknowledged());
            lastError.forget();
            link = current;
        }
        return current;
    }

    private void timeOut(PendingResults results, long startedAt) {
        Link current = link;
        if (current != null && current.aliveSince(startedAt)) {
            results.settleOpen(PublishResult.SKIPPED);
            return;
        }
        results.settleOpen(PublishResult.unavailable("no acknowledgement from " + target + " within "
                + limits.publishTimeout().toMillis() + " ms" + lastError.suffix()));
        if (current != null) {
            current.kill(threads);
        }
    }

    void close() {
        closed = true;
        thread.shutdown();
        long end = System.nanoTime() + limits.publishTimeout().toNanos();
        try {
            if (!thread.awaitTermination(limits.publishTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                thread.shutdownNow();
                thread.awaitTermination(1, TimeUnit.SECONDS);
            }
            Link last = link;
            if (last != null
                    && last.isOpen()
                    && last.room()
                            .tryAcquire(limits.mostUnacknowledged(), end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                last.room().release(limits.mostUnacknowledged());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Link last = link;
        if (last != null) {
            last.close();
        }
    }
}
