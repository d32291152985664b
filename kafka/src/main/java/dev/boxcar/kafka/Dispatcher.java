package dev.boxcar.kafka;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishLease;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands calls to the producer in their order, on one thread of its own, and ends those that take too long.
 *
 * <p>The thread never waits inside the client, which is created with {@code max.block.ms=0}. Entries whose topic the client does
 * not know yet are parked and looked at again every few milliseconds, while the others go on. When the client's {@link Window} or
 * its buffer is full, the rest of a call waits here. What has waited for too long is not sent, and goes with a later call.
 */
final class Dispatcher implements Delivery {

    private static final Logger log = LoggerFactory.getLogger(KafkaPublisher.class);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int SMALLEST_SWEEP = 256;
    /** How many topics are looked up in vain in one round: each time wakes the client and has it ask the brokers once more. */
    private static final int LOOKS_OF_A_ROUND = 32;

    private static final String CLOSED = "the publisher is closed";

    /** An entry that waits until its topic is known. */
    private record Parked(Call call, int index) {}

    private final ProducerSettings.Timing timing;
    private final Topics topics;
    private final TopicLookup lookup;
    private final Producers producers;
    private final Troubles troubles;
    private final Thread thread;

    private final Queue<Call> inbox = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;
    private volatile boolean ended;
    private volatile long closeBy;

    // For the thread alone.
    private final Map<String, Deque<Parked>> parked = new LinkedHashMap<>();
    private final Deque<Call> active = new ArrayDeque<>();
    /** The call that is being handed over. */
    private @Nullable Call current;

    private int sweepAt = SMALLEST_SWEEP;

    /**
     * @param mostUnderWay how many bytes may be under way at most
     */
    Dispatcher(
            String name,
            ProducerSettings.Timing timing,
            long mostUnderWay,
            Topics topics,
            Supplier<Producer<byte[], byte[]>> producerFactory) {
        this.timing = timing;
        this.topics = topics;
        this.lookup = new TopicLookup(name, timing.sendByNanos());
        this.thread = new Thread(this::run, name);
        this.troubles = new Troubles(name);
        this.producers = new Producers(
                name, () -> new LiveProducer(producerFactory.get(), new Window(timing, mostUnderWay)), this::wake);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries, @Nullable PublishLease lease) {
        if (closing) {
            return CompletableFuture.completedFuture(PublishResults.allUnavailable(CLOSED));
        }
        Call call = new Call(entries, System.nanoTime());
        inbox.add(call);
        wake();
        if (ended) {
            endAll(inbox);
        }
        return call.result();
    }

    /** Brokers accept whatever comes without a transactional id. */
    @Override
    public CompletionStage<Void> fence(String endedSession) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        closeBy = System.nanoTime() + timing.endByNanos();
        closing = true;
        wake();
        try {
            thread.join(Duration.ofMillis(timing.publishMillis() + 1_000L).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!ended) {
            try {
                if (!step(System.nanoTime())) {
                    rest();
                }
                ended = closing && (isIdle() || System.nanoTime() - closeBy >= 0);
            } catch (Throwable e) {
                // Without this thread nothing would ever be published, so it outlives even an OutOfMemoryError.
                log.error("the Kafka publisher's thread failed; it goes on with a new client", e);
                producers.retire("the publisher's thread failed");
            }
        }
        endAll(inbox);
        endAll(active);
        producers.close(CLOSED);
    }

    private static void endAll(Queue<Call> calls) {
        for (Call call = calls.poll(); call != null; call = calls.poll()) {
            call.end(CLOSED);
        }
    }

    private boolean isIdle() {
        return inbox.isEmpty() && active.stream().allMatch(Call::isDone);
    }

    /** One round: false when nothing could be done. */
    private boolean step(long now) {
        endOverdue(now);
        LiveProducer producer = producers.get(now);
        if (producer == null) {
            endUnsent(now);
            return false;
        }
        if (!parked.isEmpty()) {
            lookAtParked(producer, now);
        }
        Call call = current;
        if (call == null) {
            call = inbox.poll();
            if (call == null) {
                return false;
            }
            active.add(call);
            current = call;
        }
        if (!dispatch(call, producer, now)) {
            return false;
        }
        current = null;
        return true;
    }

    private void rest() {
        // When it is to end, it looks for itself whether all are done: acknowledgements do not wake it.
        if (!parked.isEmpty() || !inbox.isEmpty() || current != null || closing) {
            LockSupport.parkNanos(TICK_NANOS);
        } else if (!active.isEmpty()) {
            LockSupport.parkNanos(
                    Math.max(TICK_NANOS, active.getFirst().startedAt() + timing.endByNanos() - System.nanoTime()));
        } else {
            LockSupport.park();
        }
    }

    /** Calls that nobody can send now wait a little; then they are answered. */
    private void endUnsent(long now) {
        Call begun = current;
        if (begun != null && (begun.producer() != null || isTooLateToSend(begun, now))) {
            PublishResult result = PublishResult.unavailable(producers.reason());
            for (; begun.hasNext(); begun.advance()) {
                begun.settle(begun.next(), result);
            }
            current = null;
        }
        for (Call call = inbox.peek(); call != null && isTooLateToSend(call, now); call = inbox.peek()) {
            inbox.remove();
            call.end(producers.reason());
        }
    }

    /** The client ends what takes too long by itself; this is for a client that hangs, and lets go of calls that are done. */
    private void endOverdue(long now) {
        for (Call call = active.peek(); call != null; call = active.peek()) {
            if (!call.isDone()) {
                if (now - call.startedAt() < timing.endByNanos()) {
                    break;
                }
                String reason = "no answer within " + TimeUnit.NANOSECONDS.toMillis(timing.endByNanos()) + " ms";
                LiveProducer producer = call.producer();
                if (producer != null) {
                    producer.retire(reason);
                }
                call.end(reason);
            }
            active.remove();
        }
        if (active.size() >= sweepAt) {
            active.removeIf(Call::isDone);
            sweepAt = Math.max(SMALLEST_SWEEP, active.size() * 2);
        }
    }

    private boolean isTooLateToSend(Call call, long now) {
        return now - call.startedAt() >= timing.sendByNanos();
    }

    /** Hands over what is left of a call; false when there is no room for all of it. */
    private boolean dispatch(Call call, LiveProducer producer, long now) {
        String ready = null;
        for (; call.hasNext(); call.advance()) {
            int i = call.next();
            Topics.Route route = topics.of(call.entry(i));
            String topic = route.topic();
            if (topic == null) {
                refuse(call, i, new Outcome(Objects.requireNonNull(route.refusal()), false), producer);
            } else if (topics.varyWithinNamespace() && call.changesTopic(i, topic)) {
                refuse(call, i, Outcome.SKIPPED, producer);
            } else if (parked.containsKey(topic)) {
                // Behind those that wait, even if the topic is there by now: one of them may have the same key.
                park(call, i, topic);
            } else {
                TopicLookup.Look look =
                        topic.equals(ready) ? TopicLookup.Look.READY : lookup.look(topic, producer, now);
                Outcome problem = look.problem();
                if (problem == null) {
                    ready = topic;
                    if (!send(call, i, topic, producer)) {
                        return false;
                    }
                } else if (look.passing()) {
                    park(call, i, topic);
                } else {
                    refuse(call, i, problem, producer);
                }
            }
        }
        return true;
    }

    private void park(Call call, int index, String topic) {
        parked.computeIfAbsent(topic, t -> new ArrayDeque<>()).add(new Parked(call, index));
    }

    /** Sends what has waited for its topic, and answers what has waited for too long. Topics take turns. */
    private void lookAtParked(LiveProducer producer, long now) {
        Map<String, Deque<Parked>> inVain = new LinkedHashMap<>();
        for (var places = parked.entrySet().iterator(); places.hasNext(); ) {
            var place = places.next();
            Deque<Parked> waiting = place.getValue();
            boolean late = isTooLateToSend(waiting.getFirst().call(), now);
            if (inVain.size() < LOOKS_OF_A_ROUND || late) {
                TopicLookup.Look look = lookup.look(place.getKey(), producer, now);
                release(place.getKey(), waiting, look, producer, now);
                if (waiting.isEmpty()) {
                    places.remove();
                } else if (look.passing()) {
                    places.remove();
                    inVain.put(place.getKey(), waiting);
                }
            }
        }
        parked.putAll(inVain);
    }

    private void release(String topic, Deque<Parked> waiting, TopicLookup.Look look, LiveProducer producer, long now) {
        Outcome problem = look.problem();
        for (Parked entry = waiting.peek(); entry != null; entry = waiting.peek()) {
            Call call = entry.call();
            if (problem == null) {
                if (!send(call, entry.index(), topic, producer)) {
                    return;
                }
            } else if (!look.passing()) {
                refuse(call, entry.index(), problem, producer);
            } else if (!isTooLateToSend(call, now)) {
                return;
            } else if (look.missing()) {
                refuse(call, entry.index(), problem, producer);
                lookup.gaveUp(topic, now);
            } else {
                boolean othersAreFine = producer.window().answers(now);
                if (othersAreFine) {
                    lookup.stillUnknown(topic, now);
                }
                refuse(call, entry.index(), othersAreFine ? Outcome.SKIPPED : problem, producer);
            }
            waiting.remove();
        }
    }

    /** Hands an entry over, or answers it; false when there is no room for it at the moment. */
    private boolean send(Call call, int index, String topic, LiveProducer producer) {
        String ended = producer.endReason();
        LiveProducer before = call.producer();
        long now = System.nanoTime();
        if (call.isHeld(index)) {
            call.settle(index, PublishResult.SKIPPED);
        } else if (ended != null) {
            refuse(call, index, Outcome.ended(ended), producer);
        } else if (before != null && before != producer) {
            refuse(
                    call,
                    index,
                    Outcome.SKIPPED,
                    producer); // an earlier one of its key may have gone down with the other client
        } else if (isTooLateToSend(call, now)) {
            // There was no room for it. Whether Kafka can be reached, those will tell that have taken the room.
            refuse(call, index, Outcome.SKIPPED, producer);
        } else {
            return hand(call, index, topic, producer);
        }
        return true;
    }

    private boolean hand(Call call, int index, String topic, LiveProducer producer) {
        Ack ack = new Ack(call, index, topic, producer, troubles);
        Window window = producer.window();
        if (!window.take(ack.cost())) {
            return false;
        }
        call.sentBy(producer);
        Exception refusal;
        ClaimedEntry entry = call.entry(index);
        Records.Scope around = topics.records().around(entry);
        try {
            producer.send(topics.records().of(entry, topic), ack);
            refusal = ack.refusal();
        } catch (RuntimeException e) {
            refusal = e;
        } finally {
            around.close();
        }
        if (refusal != null) {
            window.giveBack(ack.cost());
            if (refusal instanceof BufferExhaustedException) {
                return false;
            }
            refuse(call, index, Outcome.of(topic, refusal, producer.endReason()), producer);
        } else if (ack.isSingle()) {
            call.hold(index);
        }
        return true;
    }

    /** Gives an entry the result of what was found out before it left. */
    private void refuse(Call call, int index, Outcome outcome, LiveProducer producer) {
        if (call.isHeld(index)) {
            call.settle(index, PublishResult.SKIPPED);
            return;
        }
        if (outcome.holdsKey()) {
            call.hold(index);
        }
        if (outcome.endsProducer()) {
            producer.retire(outcome.text());
        }
        call.settle(index, outcome.result());
    }
}
