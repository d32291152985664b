package dev.boxcar.http;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets so many requests be under way at once, and the others wait. An entry whose turn does not come in the first half of its
 * call's time is skipped, which uses up no attempt and says nothing against the receiver: a later call brings it again. No timer
 * is needed, since a request has ended after half of that time, and then the next one's turn comes.
 *
 * <p>Safe for use by several threads.
 */
final class RequestQueue {

    private static final class Call {
        final CompletableFuture<PublishResults> stage = new CompletableFuture<>();
        final PublishResults.Builder results = PublishResults.builder();
        final long startBefore;
        int open;

        Call(int open, long startBefore) {
            this.open = open;
            this.startBefore = startBefore;
        }
    }

    private record Item(Call call, ClaimedEntry entry) {}

    private final Exchange exchange;
    private final int most;
    private final Duration publishTimeout;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition quiet = lock.newCondition();
    private final Queue<Item> waiting = new ArrayDeque<>();
    private int underWay;
    private boolean closed;
    private boolean leftAlone;
    private long leftAloneUntil;

    RequestQueue(Exchange exchange, int most, Duration publishTimeout) {
        this.exchange = exchange;
        this.most = most;
        this.publishTimeout = publishTimeout;
    }

    CompletionStage<PublishResults> add(List<ClaimedEntry> entries) {
        Call call = new Call(entries.size(), System.nanoTime() + publishTimeout.toNanos() / 2);
        lock.lock();
        try {
            entries.forEach(entry -> waiting.add(new Item(call, entry)));
        } finally {
            lock.unlock();
        }
        goOn();
        return call.stage;
    }

    /** Sends what may be sent now. Stages complete outside of the lock. */
    @SuppressWarnings("FutureReturnValueIgnored") // never completes exceptionally
    private void goOn() {
        List<Call> ended = new ArrayList<>();
        for (Item next = next(ended); next != null; next = next(ended)) {
            Item item = next;
            CompletableFuture<Exchange.Answer> answer = exchange.send(item.entry());
            if (answer.isDone()) { // never sent; as a callback, many of them would be nested
                settle(item, answer.join(), ended);
            } else {
                answer.thenAccept(each -> answered(item, each));
            }
        }
        ended.forEach(RequestQueue::complete);
    }

    private @Nullable Item next(List<Call> ended) {
        lock.lock();
        try {
            while (underWay < most && !waiting.isEmpty()) {
                Item item = waiting.remove();
                PublishResult refusal = refusal(item);
                if (refusal == null) {
                    underWay++;
                    return item;
                }
                record(item, refusal, ended);
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable PublishResult refusal(Item item) {
        long now = System.nanoTime();
        if (closed) {
            return PublishResult.unavailable("the publisher is closed");
        }
        if (leftAlone && leftAloneUntil - now > 0) {
            return PublishResult.unavailable("the receiver asked to be left alone; "
                    + (Duration.ofNanos(leftAloneUntil - now).toSeconds() + 1) + " s are left of that");
        }
        leftAlone = false;
        return now - item.call().startBefore > 0 ? PublishResult.SKIPPED : null;
    }

    private void answered(Item item, Exchange.Answer answer) {
        List<Call> ended = new ArrayList<>();
        settle(item, answer, ended);
        ended.forEach(RequestQueue::complete);
        goOn();
    }

    private void settle(Item item, Exchange.Answer answer, List<Call> ended) {
        lock.lock();
        try {
            underWay--;
            if (!answer.leaveAlone().isZero()) {
                leftAlone = true;
                leftAloneUntil = System.nanoTime() + answer.leaveAlone().toNanos();
            }
            record(item, answer.result(), ended);
            quiet.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static void record(Item item, PublishResult result, List<Call> ended) {
        item.call().results.add(item.entry(), result);
        if (--item.call().open == 0) {
            ended.add(item.call());
        }
    }

    private static void complete(Call call) {
        call.stage.complete(call.results.build());
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            long left = publishTimeout.toNanos();
            while (underWay > 0 && left > 0) {
                left = quiet.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        goOn();
    }
}
