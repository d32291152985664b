package dev.boxcar.jms;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls on threads of their own, since JMS blocks, each with a connection. A call that gets no answer in its time is given up,
 * and its thread interrupted: a client may wait much longer for a broker that is silent or a queue that is full.
 *
 * <p>Safe for use by several threads.
 */
final class Workers {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** A call, and the thread that makes it. */
    private static final class Call {
        final List<ClaimedEntry> entries;
        final long since = System.nanoTime();
        final CompletableFuture<PublishResults> stage = new CompletableFuture<>();
        private @Nullable Thread thread;

        Call(List<ClaimedEntry> entries) {
            this.entries = entries;
        }

        /** Returns false when its time is over. */
        synchronized boolean begin() {
            thread = Thread.currentThread();
            return !stage.isDone();
        }

        /** From here on the thread is not interrupted for this call, and an interrupt that came late is forgotten. */
        @SuppressWarnings("ResultOfMethodCallIgnored")
        synchronized void end() {
            thread = null;
            Thread.interrupted();
        }

        synchronized boolean giveUp() {
            if (thread == null) {
                return false;
            }
            thread.interrupt();
            return true;
        }
    }

    private final Transfer.Plan plan;
    private final Supplier<Link> links;
    private final Duration publishTimeout;
    private final ExecutorService threads;
    private final Deque<Link> idle = new ArrayDeque<>();
    private boolean closed;
    private volatile long lastAnswer = System.nanoTime();

    Workers(Transfer.Plan plan, Supplier<Link> links, int count, Duration publishTimeout) {
        this.plan = plan;
        this.links = links;
        this.publishTimeout = publishTimeout;
        String prefix = "boxcar-jms-" + NUMBER.incrementAndGet() + "-";
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    CompletionStage<PublishResults> add(List<ClaimedEntry> entries) {
        Call call = new Call(entries);
        try {
            threads.execute(() -> make(call));
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(PublishResults.allUnavailable("the publisher is closed"));
        }
        return call.stage
                .orTimeout(publishTimeout.toNanos(), TimeUnit.NANOSECONDS)
                .exceptionally(failure -> {
                    if (failure instanceof TimeoutException) {
                        return PublishResults.all(tooLate(call));
                    }
                    throw new CompletionException(failure);
                });
    }

    private PublishResult tooLate(Call call) {
        if (call.giveUp()) {
            return PublishResult.unavailable(
                    "no answer from the JMS broker within " + publishTimeout.toMillis() + " ms (publishTimeout)");
        }
        return lastAnswer - call.since > 0
                ? PublishResult.SKIPPED // its turn did not come, although others' did
                : PublishResult.unavailable("all connections wait for answers from the JMS broker");
    }

    private void make(Call call) {
        Link link = take();
        try {
            if (call.begin()) {
                long beginBefore = call.since + publishTimeout.toNanos() / 2;
                PublishResults results = new Transfer(plan, link, call.entries, beginBefore).run();
                if (call.stage.complete(results)) {
                    lastAnswer = System.nanoTime();
                }
            }
        } catch (RuntimeException e) {
            call.stage.completeExceptionally(e);
        } finally {
            call.end();
            giveBack(link);
        }
    }

    private Link take() {
        synchronized (idle) {
            Link link = idle.pollFirst();
            return link == null ? links.get() : link;
        }
    }

    private void giveBack(Link link) {
        synchronized (idle) {
            if (!closed) {
                idle.addFirst(link);
                return;
            }
        }
        link.drop();
    }

    void close() {
        threads.shutdown();
        synchronized (idle) {
            closed = true;
        }
        try {
            if (!threads.awaitTermination(publishTimeout.toNanos(), TimeUnit.NANOSECONDS)) {
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
        }
        Link left = poll();
        while (left != null) {
            left.drop();
            left = poll();
        }
    }

    private @Nullable Link poll() {
        synchronized (idle) {
            return idle.pollFirst();
        }
    }
}
