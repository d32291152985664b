package dev.boxcar;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;

/**
 * The results of a {@link Publisher#publish} call as they come in, for publishers whose clients acknowledge each message by itself,
 * on threads of their own. The first result of an entry counts; the stage completes when each entry has one.
 *
 * <p>Safe for use by several threads.
 */
public final class PendingResults {

    private final CompletableFuture<PublishResults> stage = new CompletableFuture<>();
    private final PublishResults.Builder results = PublishResults.builder();
    private final Map<Long, ClaimedEntry> open = new HashMap<>();

    /** Of a call with these entries. */
    public PendingResults(List<ClaimedEntry> entries) {
        entries.forEach(entry -> open.put(entry.id(), entry));
        if (open.isEmpty()) {
            stage.complete(results.build());
        }
    }

    /** What the call returns. */
    public CompletionStage<PublishResults> stage() {
        return stage;
    }

    /** Whether an entry has no result yet; when it was given up, it need not be sent any more. */
    public synchronized boolean isOpen(ClaimedEntry entry) {
        return open.containsKey(entry.id());
    }

    /** Whether some entry has no result yet. */
    public boolean isOpen() {
        return !stage.isDone();
    }

    /** The result of an entry, unless it has one. */
    public void settle(ClaimedEntry entry, PublishResult result) {
        PublishResults all;
        synchronized (this) {
            if (open.remove(entry.id()) == null) {
                return;
            }
            results.add(entry, result);
            if (!open.isEmpty()) {
                return;
            }
            all = results.build();
        }
        stage.complete(all); // runs what depends on it: not under the lock
    }

    /** The result of all entries that have none. */
    public void settleOpen(PublishResult result) {
        List<ClaimedEntry> rest;
        synchronized (this) {
            rest = new ArrayList<>(open.values());
        }
        rest.forEach(entry -> settle(entry, result));
    }

    /** Runs a task on a thread of the common pool if the call has not ended after some time. */
    @SuppressWarnings("FutureReturnValueIgnored") // the task is the caller's, and so are its failures
    public void ifOpenAfter(Duration time, Runnable task) {
        CompletableFuture<Boolean> late =
                new CompletableFuture<Boolean>().completeOnTimeout(true, time.toNanos(), TimeUnit.NANOSECONDS);
        late.thenAccept(tooLate -> {
            // It may have ended while this was being prepared.
            if (tooLate && isOpen()) {
                ForkJoinPool.commonPool().execute(task);
            }
        });
        stage.whenComplete((all, failure) -> late.complete(false));
    }

    /** How many entries have no result yet. */
    @Override
    public synchronized String toString() {
        return "PendingResults[" + open.size() + " open]";
    }
}
