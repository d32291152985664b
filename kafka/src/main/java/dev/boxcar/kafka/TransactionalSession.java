package dev.boxcar.kafka;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishLease;
import dev.boxcar.PublishResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the calls of one session, on one thread of its own: all that have come while the last transaction was being committed
 * go into the next one. It takes effect as a whole. When a message is refused, the transaction is aborted and repeated without it.
 */
final class TransactionalSession {

    private static final Logger log = LoggerFactory.getLogger(KafkaPublisher.class);
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final Duration IDLE = Duration.ofSeconds(60);
    /** So many bytes go into one transaction; the call that exceeds it still does. */
    private static final long PLENTY = 16 * 1024 * 1024;

    /** A record that did not come through, or that went down with another one. */
    private record Failure(Request request, int index, Exception cause) {

        /** Whether it went down with others. */
        boolean isBystander() {
            return cause.getClass() == KafkaException.class
                    || cause instanceof TransactionAbortedException
                    || cause instanceof TransactionAbortableException;
        }

        /** The topics that nothing can be sent to, if that is what it says. */
        Set<String> refusedTopics() {
            return cause instanceof TopicAuthorizationException denied
                    ? denied.unauthorizedTopics()
                    : cause instanceof InvalidTopicException invalid ? invalid.invalidTopics() : Set.of();
        }

        Outcome outcome() {
            return Outcome.of(Objects.requireNonNull(request.topics[index]), cause);
        }
    }

    private final ProducerSettings.Timing timing;
    private final Topics topics;
    private final TopicLookup lookup;
    private final LiveProducer lookups;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Predicate<TransactionalSession> mayEnd;
    private final Thread thread;
    private final Queue<Request> inbox = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;

    // For the thread alone; others only ask whether something waits.
    private final Queue<Request> waiting = new ConcurrentLinkedQueue<>();
    private @Nullable TransactionalProducer producer;
    /** Topics that the producer has sent to. */
    private final Set<String> metTopics = new HashSet<>();
    /** How much goes into one transaction. */
    private final Window window;

    /**
     * @param mayEnd asked with this session when nothing has happened for long
     */
    TransactionalSession(
            String name,
            ProducerSettings.Timing timing,
            Topics topics,
            TopicLookup lookup,
            LiveProducer lookups,
            Supplier<Producer<byte[], byte[]>> producers,
            Predicate<TransactionalSession> mayEnd) {
        this.timing = timing;
        this.topics = topics;
        this.lookup = lookup;
        this.lookups = lookups;
        this.producers = producers;
        this.mayEnd = mayEnd;
        this.window = new Window(timing, PLENTY);
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    void submit(Call call, PublishLease lease) {
        inbox.add(new Request(call, lease));
        LockSupport.unpark(thread);
    }

    boolean isIdle() {
        return inbox.isEmpty() && waiting.isEmpty();
    }

    /** Lets it end when the calls so far have come to their end. */
    void close() {
        closing = true;
        LockSupport.unpark(thread);
    }

    void awaitEnd(long deadline) {
        try {
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadline - System.nanoTime()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        long lastWork = System.nanoTime();
        while (true) {
            takeIn();
            if (!waiting.isEmpty()) {
                try {
                    send();
                } catch (Throwable e) {
                    log.error("{} failed; it goes on with a new client", thread.getName(), e);
                    discard();
                }
                lastWork = System.nanoTime();
            } else if (closing) {
                break;
            } else {
                LockSupport.parkNanos(IDLE.toNanos());
                if (System.nanoTime() - lastWork >= IDLE.toNanos() && mayEnd.test(this)) {
                    break;
                }
            }
        }
        discard();
    }

    private void takeIn() {
        for (Request request = inbox.peek(); request != null; request = inbox.peek()) {
            waiting.add(request); // before it leaves the inbox, so that it is in one of them at any time
            inbox.remove();
        }
    }

    /** Sends what can be sent in one transaction. */
    private void send() {
        List<Request> ready = takeReady(System.nanoTime());
        if (ready.isEmpty()) {
            LockSupport.parkNanos(TICK_NANOS);
            return;
        }
        try {
            transact(ready);
        } finally {
            // After a failure that nobody expected: nothing is known.
            ready.forEach(request -> request.settleRest(PublishResult.unavailable("the client failed")));
        }
    }

    private List<Request> takeReady(long now) {
        List<Request> ready = new ArrayList<>();
        Set<String> known = new HashSet<>();
        long cost = 0;
        for (var all = waiting.iterator(); all.hasNext() && cost < window.room(); ) {
            Request request = all.next();
            boolean tooLate = now - request.call.startedAt() >= timing.sendByNanos();
            if (tooLate && !request.parked) {
                all.remove();
                // It waited for the transaction before it, which has told whether Kafka can be reached.
                request.settleRest(PublishResult.SKIPPED);
            } else if (prepare(request, known, now, tooLate)) {
                all.remove();
                ready.add(request);
                cost += cost(request);
            } else {
                request.parked = true;
            }
        }
        return ready;
    }

    private long cost(Request request) {
        long cost = 0;
        for (int i = 0; i < request.call.size(); i++) {
            String topic = request.topics[i];
            cost += Window.cost(request.call.entry(i), topic != null && !metTopics.contains(topic));
        }
        return cost;
    }

    /** Finds the topic of each entry; false when one of them may become known in a moment. */
    private boolean prepare(Request request, Set<String> known, long now, boolean tooLate) {
        for (int i = 0; i < request.call.size(); i++) {
            if (request.settled[i] || request.topics[i] != null) {
                continue;
            }
            Topics.Route route = topics.of(request.call.entry(i));
            String topic = route.topic();
            if (topic == null) {
                request.refuse(i, new Outcome(Objects.requireNonNull(route.refusal()), false));
                continue;
            }
            if (known.contains(topic)) {
                request.topics[i] = topic;
                continue;
            }
            TopicLookup.Look look = lookup.look(topic, lookups, now);
            Outcome problem = look.problem();
            if (problem == null) {
                known.add(topic);
                request.topics[i] = topic;
            } else if (look.passing() && !tooLate) {
                return false;
            } else if (look.passing() && !look.missing() && lookups.window().answers(now)) {
                lookup.stillUnknown(topic, now);
                request.refuse(i, Outcome.SKIPPED);
            } else {
                request.refuse(i, problem);
                if (look.missing()) {
                    lookup.gaveUp(topic, now);
                }
            }
        }
        return true;
    }

    private void transact(List<Request> requests) {
        long started = requests.get(0).call.startedAt();
        long endBy = started + timing.endByNanos();
        String unavailable = null;
        while (unavailable == null && requests.stream().anyMatch(Request::hasMore)) {
            try {
                TransactionalProducer current = open(requests, endBy);
                long begun = System.nanoTime();
                List<Failure> failures = attempt(current, requests, endBy);
                if (failures.isEmpty()) {
                    committed(requests, begun);
                    requests.forEach(request -> request.settleRest(PublishResult.SENT));
                    return;
                }
                unavailable = judge(requests, failures);
                if (unavailable == null && System.nanoTime() - started >= timing.repeatByNanos()) {
                    requests.forEach(request -> request.settleRest(PublishResult.SKIPPED));
                }
            } catch (RuntimeException e) {
                discard();
                unavailable = Outcome.describe(e);
            }
        }
        if (unavailable != null) {
            PublishResult result = PublishResult.unavailable(unavailable);
            requests.forEach(request -> request.settleRest(result));
        }
    }

    private void committed(List<Request> requests, long begun) {
        long now = System.nanoTime();
        long cost = requests.stream().mapToLong(this::cost).sum();
        window.take(cost);
        window.acknowledged(cost, begun, now);
        lookups.window().answered(now);
        requests.forEach(request -> {
            for (String topic : request.topics) {
                if (topic != null) {
                    metTopics.add(topic);
                }
            }
        });
    }

    /** The producer; a new one asks afterwards whether the claims are still valid. */
    private TransactionalProducer open(List<Request> requests, long endBy) {
        TransactionalProducer current = producer;
        if (current == null) {
            current = TransactionalProducer.open(producers, endBy);
            producer = current;
            for (Request request : requests) {
                if (!request.lease.isValid()) {
                    request.settleRest(PublishResult.unavailable("the claim ended before the client was ready"));
                }
            }
        }
        return current;
    }

    /**
     * Sends what has no result yet and commits it.
     *
     * @return the failures because of which none of it took effect; empty when all took effect
     * @throws RuntimeException when it is unknown whether they did
     */
    private List<Failure> attempt(TransactionalProducer current, List<Request> requests, long endBy) {
        Queue<Failure> failures = new ConcurrentLinkedQueue<>();
        boolean begun = false;
        for (Request request : requests) {
            for (int i = 0; i < request.call.size() && failures.isEmpty(); i++) {
                if (request.settled[i]) {
                    continue;
                }
                if (request.call.isHeld(i)) {
                    request.settle(i, PublishResult.SKIPPED);
                    continue;
                }
                if (!begun) {
                    current.begin();
                    begun = true;
                }
                send(current, request, i, failures);
            }
        }
        if (!begun) {
            return List.of();
        }
        if (failures.isEmpty()) {
            try {
                current.commit(endBy);
                return List.of();
            } catch (RuntimeException e) {
                if (failures.isEmpty()) {
                    throw e;
                }
            }
        }
        current.abort(endBy);
        return List.copyOf(failures);
    }

    private void send(TransactionalProducer to, Request request, int index, Queue<Failure> failures) {
        ClaimedEntry entry = request.call.entry(index);
        String topic = Objects.requireNonNull(request.topics[index]);
        Records.Scope around = topics.records().around(entry);
        try {
            to.send(topics.records().of(entry, topic), (metadata, failure) -> {
                if (failure != null) {
                    failures.add(new Failure(request, index, failure));
                }
            });
        } catch (RuntimeException e) {
            failures.add(new Failure(request, index, e));
        } finally {
            around.close();
        }
    }

    /**
     * Gives the culprit its result. Only the first failure tells who that is, or else the error itself names topics: the client
     * ends all the records that it has not sent yet with the culprit's error. What else is wrong shows in the next attempt.
     *
     * @return why the brokers are not available if that is the reason, or else null
     */
    private static @Nullable String judge(List<Request> requests, List<Failure> failures) {
        Failure first = failures.stream()
                .filter(failure -> !failure.isBystander())
                .findFirst()
                .orElse(null);
        if (first == null) {
            return Outcome.describe(failures.get(0).cause);
        }
        Set<String> refusedTopics = first.refusedTopics();
        if (!refusedTopics.isEmpty()) {
            requests.forEach(request -> request.refuseAllFor(refusedTopics, first.cause));
            return null;
        }
        Outcome outcome = first.outcome();
        if (outcome.result() instanceof PublishResult.Failed) {
            first.request.refuse(first.index, outcome);
            return null;
        }
        return outcome.text();
    }

    private void discard() {
        TransactionalProducer old = producer;
        producer = null;
        metTopics.clear();
        if (old != null) {
            old.close();
        }
    }
}
