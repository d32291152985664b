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
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands calls to the producer in their order, on one thread of its own, and ends those that take too long.
 *
 * <p>The thread never waits inside the client, which is created with {@code max.block.ms=0}. Entries whose topic the client does
 * not know yet are parked and looked at again every few milliseconds, while the others go on; only when the client's buffer is
 * full, the thread itself waits for acknowledgements.
 */
final class Dispatcher implements Delivery {

    private static final Logger log = LoggerFactory.getLogger(KafkaPublisher.class);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int SMALLEST_SWEEP = 256;
    private static final String CLOSED = "the publisher is closed";

    /** An entry that waits until its topic is known. */
    private record Parked(Call call, int index) {}

    private final ProducerSettings.Timing timing;
    private final Topics topics;
    private final TopicLookup lookup;
    private final Producers producers;
    private final Thread thread;

    private final Queue<Call> inbox = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;
    private volatile boolean ended;
    private volatile long closeBy;

    // For the thread alone.
    private final Map<String, Deque<Parked>> parked = new LinkedHashMap<>();
    private final Deque<Call> active = new ArrayDeque<>();
    private int sweepAt = SMALLEST_SWEEP;

    Dispatcher(
            String name,
            ProducerSettings.Timing timing,
            Topics topics,
            Supplier<Producer<byte[], byte[]>> producerFactory) {
        this.timing = timing;
        this.topics = topics;
        this.lookup = new TopicLookup(name);
        this.thread = new Thread(this::run, name);
        this.producers = new Producers(name, producerFactory, this::wake);
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
        Call call = inbox.poll();
        if (call == null) {
            return false;
        }
        active.add(call);
        dispatch(call, producer, now);
        return true;
    }

    private void rest() {
        if (!parked.isEmpty() || !inbox.isEmpty()) {
            LockSupport.parkNanos(TICK_NANOS);
        } else if (!active.isEmpty()) {
            LockSupport.parkNanos(
                    Math.max(TICK_NANOS, active.getFirst().startedAt() + timing.endByNanos() - System.nanoTime()));
        } else if (!closing) {
            LockSupport.park();
        }
    }

    /** Calls that nobody can send now wait a little; then they are answered. */
    private void endUnsent(long now) {
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

    private void dispatch(Call call, LiveProducer producer, long now) {
        if (isTooLateToSend(call, now)) {
            call.end("the client takes messages too slowly; nothing of this call was sent");
            return;
        }
        String ready = null;
        for (int i = 0; i < call.size(); i++) {
            Topics.Route route = topics.of(call.entry(i));
            String topic = route.topic();
            if (topic == null) {
                refuse(call, i, new Outcome(Objects.requireNonNull(route.refusal()), false), producer);
            } else if (topics.varyWithinNamespace() && call.changesTopic(i, topic)) {
                refuse(call, i, new Outcome(PublishResult.SKIPPED, false), producer);
            } else if (topic.equals(ready)) {
                send(call, i, topic, producer);
            } else if (parked.containsKey(topic)) {
                // Behind those that wait, even if the topic is there by now: one of them may have the same key.
                park(call, i, topic);
            } else {
                TopicLookup.Look look = lookup.look(topic, producer, now);
                Outcome problem = look.problem();
                if (problem == null) {
                    ready = topic;
                    send(call, i, topic, producer);
                } else if (look.passing()) {
                    park(call, i, topic);
                } else {
                    refuse(call, i, problem, producer);
                }
            }
        }
    }

    private void park(Call call, int index, String topic) {
        parked.computeIfAbsent(topic, t -> new ArrayDeque<>()).add(new Parked(call, index));
    }

    /** Sends what has waited for its topic, and answers what has waited for too long. */
    private void lookAtParked(LiveProducer producer, long now) {
        for (var places = parked.entrySet().iterator(); places.hasNext(); ) {
            var place = places.next();
            String topic = place.getKey();
            Deque<Parked> waiting = place.getValue();
            TopicLookup.Look look = lookup.look(topic, producer, now);
            Outcome problem = look.problem();
            while (!waiting.isEmpty()
                    && (!look.passing() || isTooLateToSend(waiting.getFirst().call(), now))) {
                Parked entry = waiting.removeFirst();
                if (problem == null) {
                    send(entry.call(), entry.index(), topic, producer);
                } else {
                    refuse(entry.call(), entry.index(), problem, producer);
                    if (look.missing()) {
                        lookup.gaveUp(topic, now);
                    }
                }
            }
            if (waiting.isEmpty()) {
                places.remove();
            }
        }
    }

    private void send(Call call, int index, String topic, LiveProducer producer) {
        if (call.isHeld(index)) {
            call.settle(index, PublishResult.SKIPPED);
            return;
        }
        ProducerRecord<byte[], byte[]> record = Records.of(call.entry(index), topic);
        call.sentBy(producer);
        while (true) {
            Exception refusal = hand(record, new Ack(call, index, topic, producer), producer);
            if (refusal == null) {
                return;
            }
            long now = System.nanoTime();
            if (!(refusal instanceof BufferExhaustedException) || isTooLateToSend(call, now)) {
                refuse(call, index, Outcome.of(topic, refusal), producer);
                return;
            }
            endOverdue(now);
            LockSupport.parkNanos(TICK_NANOS);
        }
    }

    private static @Nullable Exception hand(ProducerRecord<byte[], byte[]> record, Ack ack, LiveProducer producer) {
        String over = producer.endReason();
        if (over != null) {
            return new KafkaException(over);
        }
        try {
            producer.send(record, ack);
            return ack.refusal();
        } catch (RuntimeException e) {
            return e;
        }
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
