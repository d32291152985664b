package dev.boxcar.internal;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.OutboxSettings;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.PublisherUnavailableException;
import dev.boxcar.RetryPolicy;
import dev.boxcar.RetryPolicy.AfterLastAttempt;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends: puts entries into publish calls, and decides by their results what becomes of them. */
final class Dispatcher {

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    /** One publish call. */
    private static final class Call {
        final Lane lane;
        final List<Tracked> items;
        final List<ClaimedEntry> entries;
        final long startedAt;
        final long givenUpAt;
        boolean ended;

        Call(Lane lane, List<Tracked> items, List<ClaimedEntry> entries, long startedAt, long givenUpAt) {
            this.lane = lane;
            this.items = items;
            this.entries = entries;
            this.startedAt = startedAt;
            this.givenUpAt = givenUpAt;
        }
    }

    private final Environment environment;
    private final OutboxSettings settings;
    private final RetryPolicy retryPolicy;
    private final Mailbox mailbox;
    private final ClaimKeeper claims;
    private final Lanes lanes;
    private final Memory memory;
    private final Settler settler;
    private final ArrayDeque<Call> underWay = new ArrayDeque<>();
    private final int batchSize;
    private final int perKey;
    private int open;
    private int published;
    private boolean stopped;

    Dispatcher(
            Environment environment, Mailbox mailbox, ClaimKeeper claims, Lanes lanes, Memory memory, Settler settler) {
        this.environment = environment;
        this.settings = environment.settings();
        this.retryPolicy = settings.retryPolicy();
        this.mailbox = mailbox;
        this.claims = claims;
        this.lanes = lanes;
        this.memory = memory;
        this.settler = settler;
        boolean several = environment.publisher().keepsOrderWithinCall()
                && retryPolicy.afterLastAttempt() != AfterLastAttempt.HOLD_KEY;
        this.batchSize = batchSize(settings, environment.publisher().preferredBatchSize());
        this.perKey = several ? batchSize : 1;
    }

    private static int batchSize(OutboxSettings settings, int preferred) {
        return settings.batchSize() == OutboxSettings.DEFAULT_BATCH_SIZE
                ? Math.max(settings.batchSize(), Math.min(preferred, settings.maxInFlightEntries()))
                : settings.batchSize();
    }

    void begin() {
        stopped = false;
        published = 0;
    }

    /** Starts no more calls. */
    void stop() {
        stopped = true;
    }

    /** How many entries were acknowledged since it began. */
    int published() {
        return published;
    }

    int callsUnderWay() {
        return open;
    }

    int tick(long now) {
        int work = giveUpCalls(now);
        if (!maySend(now)) {
            return work;
        }
        for (Lane lane : lanes.all()) {
            while (!lane.paused
                    && !lane.ready.isEmpty()
                    && lane.destination.nextCallAt(settings.maxConcurrentCalls()) <= now) {
                if (!startCall(lane, now)) {
                    break;
                }
                work++;
            }
        }
        return work;
    }

    long nextDeadline(long now) {
        Call first = underWay.peekFirst();
        long next = first == null ? Long.MAX_VALUE : first.givenUpAt;
        if (maySend(now)) {
            for (Lane lane : lanes.all()) {
                if (!lane.ready.isEmpty() && !lane.paused && !lane.destination.isAvailable()) {
                    next = Math.min(next, lane.destination.nextCallAt(settings.maxConcurrentCalls()));
                }
            }
        }
        return next;
    }

    /** Whether a call that starts now ends, at the latest, while the claims are still valid. */
    private boolean maySend(long now) {
        return !stopped && now + settings.publishTimeout().toNanos() <= claims.validUntil();
    }

    private boolean startCall(Lane lane, long now) {
        List<Tracked> items = new ArrayList<>();
        int most = lane.destination.isAvailable() ? batchSize : 1;
        for (KeyQueue key = lane.ready.peekFirst(); key != null && items.size() < most; key = lane.ready.peekFirst()) {
            Tracked first = key.waiting.peekFirst();
            if (first != null && first.alone && !items.isEmpty()) {
                break; // it has the next call to itself
            }
            lane.ready.removeFirst();
            key.ready = false;
            if (first == null || key.sending > 0 || key.heldBack(now)) {
                continue; // dropped meanwhile
            }
            if (claims.claimOn(key.partition) == null || lanes.isPaused(key.namespace)) {
                memory.dropWaiting(key);
                continue;
            }
            int room = first.alone ? 1 : Math.min(perKey, most - items.size());
            take(key, room, items, now);
            if (first.alone) {
                break;
            }
        }
        if (items.isEmpty()) {
            return false;
        }
        send(lane, items, now);
        return true;
    }

    private void take(KeyQueue key, int room, List<Tracked> items, long now) {
        for (int i = 0; i < room; i++) {
            Tracked next = key.waiting.peekFirst();
            if (next == null || next.entry == null || next.notBefore > now || (i > 0 && next.alone)) {
                return;
            }
            if (next.failureUnsettled) {
                return; // behind one that came back unsent from the same call
            }
            key.waiting.removeFirst();
            key.sending++;
            next.state = Tracked.State.SENDING;
            memory.activate(next);
            items.add(next);
        }
    }

    private void send(Lane lane, List<Tracked> items, long now) {
        List<ClaimedEntry> entries = new ArrayList<>(items.size());
        items.forEach(item -> entries.add(item.content()));
        // The publisher answers within the publish timeout by contract; the grace lets its own, better worded answer
        // win.
        long timeout = settings.publishTimeout().toNanos();
        Call call = new Call(
                lane, items, java.util.Collections.unmodifiableList(entries), now, now + timeout + timeout / 4);
        underWay.addLast(call);
        open++;
        lane.destination.callStarted();
        CompletionStage<PublishResults> stage;
        try {
            stage = environment.publisher().publish(call.entries, claims.lease());
        } catch (Throwable e) {
            mailbox.post(() -> ended(call, null, e));
            return;
        }
        if (stage == null) {
            mailbox.post(() ->
                    ended(call, null, new IllegalStateException("the publisher returned null instead of a stage")));
            return;
        }
        stage.whenComplete((results, failure) -> mailbox.post(() -> ended(call, results, failure)));
    }

    private int giveUpCalls(long now) {
        int work = 0;
        for (Call call = underWay.peekFirst(); call != null; call = underWay.peekFirst()) {
            if (!call.ended && call.givenUpAt > now) {
                break;
            }
            underWay.removeFirst();
            if (!call.ended) {
                ended(
                        call,
                        PublishResults.allUnavailable("no answer within "
                                + Duration.ofNanos(now - call.startedAt).toMillis() + " ms (publishTimeout is "
                                + settings.publishTimeout().toMillis() + " ms)"),
                        null);
                work++;
            }
        }
        return work;
    }

    private void ended(Call call, @Nullable PublishResults results, @Nullable Throwable failure) {
        if (call.ended) {
            return; // answered twice, or after it was given up
        }
        call.ended = true;
        open--;
        call.lane.destination.callEnded();
        long now = environment.clock().nanoTime();
        PublishResults all = results != null && failure == null ? results : resultsOf(call, failure);
        judgeDestination(call, all, now);

        List<ClaimedEntry> sent = new ArrayList<>(call.items.size());
        List<KeyQueue> keys = new ArrayList<>();
        for (int i = call.items.size() - 1; i >= 0; i--) { // backwards, so that what is put back stands in its order
            Tracked item = call.items.get(i);
            if (--item.key.sending == 0) {
                keys.add(item.key);
            }
            PublishResult result = all == null ? null : all.of(item.id);
            if (result instanceof PublishResult.Sent) {
                sent.add(call.entries.get(i));
            }
            if (!item.dropped) {
                settle(item, all == null, result, now);
            }
        }
        published += sent.size();
        if (!sent.isEmpty()) {
            java.util.Collections.reverse(sent);
            environment.listener().published(call.lane.destination.name, sent, Duration.ofNanos(now - call.startedAt));
        }
        keys.forEach(key -> memory.goOn(key, now));
    }

    /** The results of a call that ended with an exception, or null when its entries must be tried one at a time. */
    private @Nullable PublishResults resultsOf(Call call, @Nullable Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof PublisherUnavailableException) {
            return PublishResults.allUnavailable(String.valueOf(cause.getMessage()));
        }
        String reason = cause == null ? "the publisher completed without results" : cause.toString();
        if (call.items.size() == 1) {
            return PublishResults.all(PublishResult.failed(reason));
        }
        log.warn(
                "processor {}: a publish call of {} entries to '{}' failed as a whole; trying them one at a time: {}",
                environment.processorId(),
                call.items.size(),
                call.lane.destination.name,
                reason);
        return null;
    }

    /** Any answer about a message shows that the destination can be reached; no answer about one shows that it cannot. */
    private void judgeDestination(Call call, @Nullable PublishResults results, long now) {
        boolean answered = false;
        String unavailable = null;
        for (Tracked item : call.items) {
            PublishResult result = results == null ? null : results.of(item.id);
            if (result instanceof PublishResult.Sent || result instanceof PublishResult.Failed) {
                answered = true;
            } else if (result instanceof PublishResult.Unavailable gone) {
                unavailable = gone.reason();
            } else if (result == null && results != null) {
                unavailable = "the publisher gave no result for an entry";
            }
        }
        if (unavailable != null) {
            call.lane.destination.unreachable(call.startedAt, now, unavailable);
        } else if (answered) {
            call.lane.destination.answered(call.startedAt, now);
        }
    }

    private void settle(Tracked item, boolean tryAlone, @Nullable PublishResult result, long now) {
        if (result instanceof PublishResult.Sent) {
            item.state = Tracked.State.SETTLING;
            settler.published(item, now);
        } else if (result instanceof PublishResult.Failed failed) {
            fail(item, failed, now);
        } else {
            memory.deactivate(item);
            item.alone = tryAlone;
            if (claims.claimOn(item.key.partition) == null || lanes.isPaused(item.key.namespace)) {
                memory.remove(item); // being handed over, or paused: whoever goes on reads it again
            } else {
                memory.putBack(item);
            }
        }
    }

    private void fail(Tracked item, PublishResult.Failed failed, long now) {
        ClaimedEntry entry = item.content();
        int attempts = entry.attempt();
        boolean last = !failed.retryable() || attempts >= retryPolicy.maxAttempts();
        if (last && retryPolicy.afterLastAttempt() == AfterLastAttempt.DEAD_LETTER) {
            log.warn(
                    "processor {}: entry {} of namespace '{}' goes to the dead letters after {} attempts: {}",
                    environment.processorId(),
                    item.id,
                    entry.namespace(),
                    attempts,
                    failed.reason());
            memory.bury(item);
            settler.dead(item, attempts, failed.reason(), now);
            environment.listener().deadLettered(entry, failed.reason());
            return;
        }
        Duration delay = last ? retryPolicy.maxDelay() : retryPolicy.delayAfter(attempts, environment.random());
        if (last && attempts <= retryPolicy.maxAttempts()) {
            log.warn(
                    "processor {}: entry {} of namespace '{}' holds back its key after {} attempts, next try in {} s: {}",
                    environment.processorId(),
                    item.id,
                    entry.namespace(),
                    attempts,
                    delay.toSeconds(),
                    failed.reason());
            environment.listener().keyHeld(entry, failed.reason());
        }
        memory.holdBack(item, now + delay.toNanos());
        settler.retry(item, attempts, delay, failed.reason(), now);
        environment.listener().retryScheduled(entry, failed.reason(), delay);
    }
}
