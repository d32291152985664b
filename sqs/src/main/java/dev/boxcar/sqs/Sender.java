package dev.boxcar.sqs;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;

/**
 * Makes batches of what waits for a queue, whatever call it is from, and lets so many requests be under way at once. What has not
 * been sent in the first half of its call's time is skipped, and a request has the other half. No two messages of a key are here at
 * once, since the publisher promises nothing about their order in a call.
 *
 * <p>Safe for use by several threads.
 */
final class Sender {

    /** What SQS takes in one request. */
    private static final int MOST_MESSAGES = 10;

    /** So much, all regions and emulators take; a larger message goes alone, and SQS decides. */
    private static final int MOST_BYTES = 256 * 1024;

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

    private static final class Item {
        final Call call;
        final ClaimedEntry entry;
        final SqsMessage message;
        final int bytes;

        /** Whether it must be a request of its own, to see whether it is at fault. */
        boolean alone;

        Item(Call call, ClaimedEntry entry, SqsMessage message) {
            this.call = call;
            this.entry = entry;
            this.message = message;
            this.bytes = message.bytes();
        }
    }

    private record Batch(Queues.Route route, List<Item> items) {}

    private final SqsAsyncClient client;
    private final Queues queues;
    private final int most;
    private final Duration publishTimeout;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition quiet = lock.newCondition();

    /** By queue; the first one is next. */
    private final Map<Queues.Route, Deque<Item>> waiting = new LinkedHashMap<>();

    private int underWay;
    private boolean closed;

    Sender(SqsAsyncClient client, Queues queues, int most, Duration publishTimeout) {
        this.client = client;
        this.queues = queues;
        this.most = most;
        this.publishTimeout = publishTimeout;
    }

    CompletionStage<PublishResults> add(List<ClaimedEntry> entries) {
        Call call = new Call(entries.size(), System.nanoTime() + publishTimeout.toNanos() / 2);
        Map<Queues.Route, List<Item>> items = new LinkedHashMap<>();
        for (ClaimedEntry entry : entries) {
            Queues.Route route = queues.of(entry);
            SqsMessage message = SqsMessage.of(entry, route.isFifo());
            items.computeIfAbsent(route, each -> new ArrayList<>()).add(new Item(call, entry, message));
        }
        List<Call> ended = new ArrayList<>();
        lock.lock();
        try {
            items.forEach((route, some) -> {
                PublishResult refusal = route.refusal();
                if (refusal == null) {
                    waiting.computeIfAbsent(route, each -> new ArrayDeque<>()).addAll(some);
                } else {
                    some.forEach(item -> record(call, item.entry, refusal, ended));
                }
            });
        } finally {
            lock.unlock();
        }
        ended.forEach(Sender::complete);
        goOn();
        return call.stage;
    }

    /** Sends what may be sent now. Stages complete outside of the lock. */
    @SuppressWarnings("FutureReturnValueIgnored") // its failure is handed over
    private void goOn() {
        List<Call> ended = new ArrayList<>();
        for (Batch next = next(ended); next != null; next = next(ended)) {
            Batch batch = next;
            CompletableFuture<SendMessageBatchResponse> answer = send(batch);
            if (answer.isCompletedExceptionally()) { // never sent; as a callback, many of them would be nested
                answer.whenComplete((none, failure) -> settle(batch, null, failure, ended));
            } else {
                answer.whenComplete((response, failure) -> answered(batch, response, failure));
            }
        }
        ended.forEach(Sender::complete);
    }

    private @Nullable Batch next(List<Call> ended) {
        lock.lock();
        try {
            while (underWay < most && !waiting.isEmpty()) {
                Iterator<Map.Entry<Queues.Route, Deque<Item>>> first =
                        waiting.entrySet().iterator();
                Map.Entry<Queues.Route, Deque<Item>> queue = first.next();
                Queues.Route route = queue.getKey();
                Deque<Item> items = queue.getValue();
                first.remove();
                List<Item> batch = take(items, ended);
                if (!items.isEmpty()) {
                    waiting.put(route, items);
                }
                if (!batch.isEmpty()) {
                    underWay++;
                    return new Batch(route, batch);
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private List<Item> take(Deque<Item> items, List<Call> ended) {
        List<Item> batch = new ArrayList<>(MOST_MESSAGES);
        long now = System.nanoTime();
        int bytes = 0;
        for (Item item = items.peekFirst(); item != null && batch.size() < MOST_MESSAGES; item = items.peekFirst()) {
            if (closed || now - item.call.startBefore > 0) {
                items.removeFirst();
                PublishResult none =
                        closed ? PublishResult.unavailable("the publisher is closed") : PublishResult.SKIPPED;
                record(item.call, item.entry, none, ended);
                continue;
            }
            if (!batch.isEmpty() && (item.alone || bytes + item.bytes > MOST_BYTES)) {
                break;
            }
            items.removeFirst();
            batch.add(item);
            bytes += item.bytes;
            if (item.alone) {
                break;
            }
        }
        return batch;
    }

    private CompletableFuture<SendMessageBatchResponse> send(Batch batch) {
        List<SendMessageBatchRequestEntry> messages =
                new ArrayList<>(batch.items().size());
        for (Item item : batch.items()) {
            messages.add(item.message.inBatch(Integer.toString(messages.size())));
        }
        return queues.address(batch.route().queue()).thenCompose(address -> {
            SendMessageBatchRequest request = SendMessageBatchRequest.builder()
                    .queueUrl(address)
                    .entries(messages)
                    .overrideConfiguration(override -> override.apiCallTimeout(publishTimeout.dividedBy(4)))
                    .build();
            return client.sendMessageBatch(request);
        });
    }

    private void answered(Batch batch, @Nullable SendMessageBatchResponse response, @Nullable Throwable failure) {
        List<Call> ended = new ArrayList<>();
        settle(batch, response, failure, ended);
        ended.forEach(Sender::complete);
        goOn();
    }

    private void settle(
            Batch batch, @Nullable SendMessageBatchResponse response, @Nullable Throwable failure, List<Call> ended) {
        lock.lock();
        try {
            underWay--;
            if (response != null) {
                Map<String, PublishResult> results = results(response);
                PublishResult none = PublishResult.unavailable("SQS gave no result for a message");
                for (int i = 0; i < batch.items().size(); i++) {
                    Item item = batch.items().get(i);
                    record(item.call, item.entry, results.getOrDefault(Integer.toString(i), none), ended);
                }
            } else {
                fail(batch, failure == null ? new IllegalStateException("no response") : failure, ended);
            }
            quiet.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static Map<String, PublishResult> results(SendMessageBatchResponse response) {
        Map<String, PublishResult> results = new HashMap<>();
        response.successful().forEach(each -> results.put(each.id(), PublishResult.SENT));
        response.failed().forEach(each -> results.put(each.id(), Faults.of(each)));
        return results;
    }

    private void fail(Batch batch, Throwable failure, List<Call> ended) {
        PublishResult result =
                Faults.of(failure, batch.route().queue(), batch.items().size());
        if (result != null) {
            batch.items().forEach(item -> record(item.call, item.entry, result, ended));
            return;
        }
        Deque<Item> items = waiting.computeIfAbsent(batch.route(), route -> new ArrayDeque<>());
        for (Item item : batch.items()) {
            item.alone = true;
            items.addFirst(item);
        }
    }

    private static void record(Call call, ClaimedEntry entry, PublishResult result, List<Call> ended) {
        call.results.add(entry, result);
        if (--call.open == 0) {
            ended.add(call);
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
