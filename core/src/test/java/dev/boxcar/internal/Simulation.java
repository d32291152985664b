package dev.boxcar.internal;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.OutboxClock;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxListener;
import dev.boxcar.OutboxSettings;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.RetryPolicy;
import dev.boxcar.StorageException;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Several engines, a storage with real transactions, brokers and writers on simulated time, in one thread: everything that
 * happens follows from the seed. Processors crash or stand still beyond their claims, the storage fails, brokers are down,
 * reject, acknowledge late, or lose the acknowledgement.
 */
final class Simulation {

    private static final long MILLI = 1_000_000;
    private static final int KEYS = 7;
    private static final String[] NAMESPACES = {"a", "b", "c"};

    private record Event(long at, long number, Runnable action) {}

    private final Random random;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
    private long now = 1_000 * MILLI;
    private long eventNumber;
    private boolean faults = true;
    private final Clock clock = new Clock();
    private final InMemoryStorage storage = InMemoryStorage.create(clock);
    private final FaultyCalls calls = new FaultyCalls();
    private final List<Node> nodes = new ArrayList<>();
    private final Broker broker = new Broker("a");
    private final Broker otherBroker = new Broker("bc");
    private final Map<String, Integer> written = new TreeMap<>();
    private final Set<String> locked = new HashSet<>();
    private final Set<String> committed = new HashSet<>();
    private final Set<String> rolledBack = new HashSet<>();
    /** Messages whose publish call failed for a reason of their own, as far as anybody could tell. */
    private final Set<String> failed = new HashSet<>();

    private final List<String> log = new ArrayList<>();
    private final List<ClaimedEntry> arrived = new ArrayList<>();
    private int nodeNumber;

    Simulation(long seed) {
        this.random = new Random(seed);
    }

    /** Runs one life and returns what is wrong with it, or an empty text. */
    String run() {
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            startNode();
        }
        for (int i = 0; i < 3; i++) {
            after(random.nextInt(50), this::writeSomething);
        }
        after(random.nextInt(2_000), this::faultSomewhere);
        runUntil(now + (3_000 + random.nextInt(5_000)) * MILLI);
        faults = false;
        broker.downUntil = 0;
        otherBroker.downUntil = 0;
        long end = now + 120_000 * MILLI;
        while (now < end && (storage.status().pending() > 0 || !locked.isEmpty())) {
            runUntil(now + 500 * MILLI);
        }
        return verdict();
    }

    /** What happened, for a person who looks into a failing seed. */
    List<String> log() {
        return log;
    }

    private String verdict() {
        StringBuilder wrong = new StringBuilder();
        Set<String> seen = new HashSet<>();
        Map<String, Integer> last = new HashMap<>();
        Set<String> dead = new HashSet<>();
        storage.deadLetters()
                .list(dev.boxcar.DeadLetterQuery.all())
                .forEach(letter -> dead.add(letter.entry().messageId()));
        for (ClaimedEntry entry : arrived) {
            if (!seen.add(entry.messageId())) {
                continue;
            }
            if (rolledBack.contains(entry.messageId()) || !committed.contains(entry.messageId())) {
                wrong.append("ghost ").append(entry.messageId()).append('\n');
            }
            String name = entry.messageId().substring(0, entry.messageId().lastIndexOf('#'));
            int hash = entry.messageId().lastIndexOf('#');
            int number = Integer.parseInt(
                    entry.messageId().substring(hash + 1, entry.messageId().indexOf('@')));
            Integer before = last.put(name, number);
            if (before != null && before > number && !name.endsWith("null")) {
                wrong.append("order of ")
                        .append(name)
                        .append(": ")
                        .append(number)
                        .append(" after ")
                        .append(before)
                        .append('\n');
            }
        }
        for (String id : committed) {
            if (!seen.contains(id) && !dead.contains(id)) {
                wrong.append("lost ").append(id).append('\n');
            }
        }
        if (storage.status().pending() > 0) {
            wrong.append(storage.status().pending()).append(" never delivered\n");
        }
        for (String id : dead) {
            if (!id.endsWith("poison") && !failed.contains(id)) {
                wrong.append("dead without a fault of its own: ").append(id).append('\n');
            }
        }
        return wrong.toString();
    }

    // ---- time

    private void after(long millis, Runnable action) {
        afterNanos(millis * MILLI, action);
    }

    private void afterNanos(long nanos, Runnable action) {
        events.add(new Event(now + Math.max(0, nanos), eventNumber++, action));
    }

    private void runUntil(long end) {
        for (Event event = events.peek(); event != null && event.at() <= end; event = events.peek()) {
            events.poll();
            now = Math.max(now, event.at());
            event.action().run();
        }
        now = end;
    }

    private void note(String text) {
        log.add(now / MILLI + " " + text);
    }

    private final class Clock implements OutboxClock {
        @Override
        public Instant now() {
            return Instant.ofEpochMilli(now / MILLI);
        }

        @Override
        public long nanoTime() {
            return now;
        }

        @Override
        public void parkUntil(long deadline) {
            throw new UnsupportedOperationException("nobody waits in a simulation");
        }
    }

    // ---- writers

    private void writeSomething() {
        if (!faults) {
            return;
        }
        InMemoryTransaction transaction = storage.begin();
        int messages = 1 + random.nextInt(6);
        Map<String, Integer> mine = new HashMap<>();
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < messages; i++) {
            String namespace = NAMESPACES[random.nextInt(NAMESPACES.length)];
            String key = random.nextInt(8) == 0 ? null : "k" + random.nextInt(KEYS);
            String name = namespace + "/" + key;
            if (!mine.containsKey(name)) {
                if (key != null && !locked.add(name)) {
                    continue; // another transaction works on it, as with a row lock
                }
                mine.put(name, written.getOrDefault(name, 0));
            }
            int number = mine.merge(name, 1, Integer::sum);
            boolean poison = random.nextInt(60) == 0;
            String id = name + "#" + number + "@" + eventNumber + "-" + i + (poison ? "poison" : "");
            ids.add(id);
            byte[] theKey = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
            storage.publish(
                    OutboxContext.ofNamespace(namespace),
                    transaction,
                    List.of(Message.of(theKey, new byte[random.nextInt(50)]).withId(id)));
        }
        long duration = random.nextInt(10) == 0 ? random.nextInt(3_000) : random.nextInt(20);
        after(duration, () -> {
            if (random.nextInt(5) == 0) {
                rolledBack.addAll(ids);
                transaction.rollback();
            } else {
                committed.addAll(ids);
                transaction.commit();
                written.putAll(mine);
                note("committed " + ids);
            }
            locked.removeAll(mine.keySet());
            if (random.nextInt(3) > 0 && !nodes.isEmpty()) {
                nodes.get(random.nextInt(nodes.size())).engine.wake();
            }
        });
        after(random.nextInt(30), this::writeSomething);
    }

    // ---- brokers

    private final class Broker {
        final String name;
        long downUntil;

        Broker(String name) {
            this.name = name;
        }

        CompletionStage<PublishResults> publish(Node node, List<ClaimedEntry> entries) {
            CompletableFuture<PublishResults> answer = new CompletableFuture<>();
            long latency = random.nextInt(20);
            if (faults && random.nextInt(50) == 0) {
                latency = random.nextInt(990); // by contract nothing is sent after the publish timeout
            }
            int kind = faults ? random.nextInt(60) : 100;
            after(latency, () -> {
                if (kind == 0 || (now < downUntil && kind != 1)) {
                    answer.complete(PublishResults.allUnavailable("down"));
                    return;
                }
                if (kind == 2) {
                    entries.forEach(entry -> failed.add(entry.messageId()));
                    answer.completeExceptionally(new IllegalStateException("strange"));
                    return;
                }
                PublishResults.Builder results = PublishResults.builder();
                Set<String> failedKeys = new HashSet<>();
                for (ClaimedEntry entry : entries) {
                    byte[] key = entry.key();
                    String name = entry.namespace() + "/"
                            + (key == null ? entry.id() : new String(key, StandardCharsets.UTF_8));
                    if (failedKeys.contains(name)) {
                        results.add(entry, PublishResult.SKIPPED);
                    } else if (entry.messageId().endsWith("poison")) {
                        results.add(entry, PublishResult.failed("poison"));
                        failedKeys.add(name);
                    } else if (kind == 3 && random.nextInt(3) == 0) {
                        results.add(entry, PublishResult.unavailable("one replica is away"));
                        failedKeys.add(name);
                    } else {
                        note(node.id + " delivered " + entry.messageId() + " attempt " + entry.attempt());
                        arrived.add(entry);
                        results.sent(entry);
                    }
                }
                if (kind == 4) {
                    return; // the acknowledgement is lost, and nobody says so
                }
                after(
                        random.nextInt(5),
                        () -> answer.complete(kind == 5 ? PublishResults.allUnavailable("lost") : results.build()));
            });
            return answer;
        }
    }

    private final class RoutedPublisher implements Publisher {
        private final Node node;

        RoutedPublisher(Node node) {
            this.node = node;
        }

        @Override
        public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
            boolean first = destination(entries.get(0).context()).equals("a");
            return (first ? broker : otherBroker).publish(node, entries);
        }

        @Override
        public String destination(OutboxContext context) {
            return context.namespace().equals("a") ? "a" : "bc";
        }

        @Override
        public Set<String> destinations() {
            return Set.of("a", "bc");
        }

        @Override
        public boolean keepsOrderWithinCall() {
            return true;
        }
    }

    // ---- processors

    private final class Node {
        final String id = "p" + nodeNumber++;
        final Engine engine;
        boolean dead;
        long standsStillUntil;
        private long turnAt = Long.MAX_VALUE;

        Node(OutboxSettings settings) {
            Environment environment = new Environment(
                    id,
                    settings,
                    calls,
                    new RoutedPublisher(this),
                    new OutboxListener() {},
                    clock,
                    new Random(random.nextLong()));
            engine = new Engine(environment);
            engine.onEvent(() -> turnSoon(now));
        }

        void begin() {
            Executor executor = task -> after(storageLatency(), () -> {
                if (!dead) {
                    task.run();
                }
            });
            engine.begin(executor, true, false);
            turnSoon(now);
        }

        private long storageLatency() {
            return faults && random.nextInt(200) == 0 ? random.nextInt(3_000) : random.nextInt(4);
        }

        void turnSoon(long at) {
            if (dead || at >= turnAt || at == Long.MAX_VALUE) {
                return;
            }
            turnAt = at;
            afterNanos(at - now, () -> turn(at));
        }

        private void turn(long at) {
            if (dead || turnAt != at) {
                return;
            }
            turnAt = Long.MAX_VALUE;
            if (now < standsStillUntil) {
                turnSoon(standsStillUntil);
                return;
            }
            for (int i = 0; engine.turn() > 0; i++) {
                if (i > 10_000) {
                    throw new IllegalStateException("the engine does not come to rest");
                }
            }
            turnSoon(Math.max(now + 1_000, engine.nextDeadline()));
        }
    }

    private void startNode() {
        OutboxSettings settings = OutboxSettings.builder()
                .batchSize(1 + random.nextInt(8))
                .readSize(2 + random.nextInt(12))
                .maxInFlightEntries(8 + random.nextInt(30))
                .maxConcurrentCalls(1 + random.nextInt(4))
                .processInterval(Duration.ofMillis(300))
                .settleDelay(Duration.ofMillis(random.nextInt(10)))
                .retryPolicy(RetryPolicy.DEFAULT
                        .withMaxAttempts(1 + random.nextInt(3))
                        .withDelays(Duration.ofMillis(50), Duration.ofMillis(400)))
                .build();
        Node node = new Node(settings);
        nodes.add(node);
        node.begin();
        note(node.id + " starts");
    }

    private void faultSomewhere() {
        if (!faults) {
            return;
        }
        Node node = nodes.get(random.nextInt(nodes.size()));
        switch (random.nextInt(7)) {
            case 0 -> {
                note(node.id + " crashes");
                node.dead = true;
                nodes.remove(node);
                startNode();
            }
            case 1 -> {
                node.standsStillUntil = now + random.nextInt(5_000) * MILLI;
                note(node.id + " stands still until " + node.standsStillUntil / MILLI);
            }
            case 2 -> {
                Broker down = random.nextBoolean() ? broker : otherBroker;
                down.downUntil = now + random.nextInt(4_000) * MILLI;
                note(down.name + " is down until " + down.downUntil / MILLI);
            }
            case 3 -> calls.failUntil = now + random.nextInt(3_000) * MILLI;
            case 4 -> {
                String namespace = NAMESPACES[random.nextInt(NAMESPACES.length)];
                node.engine.pause(namespace);
                after(random.nextInt(2_000), () -> node.engine.resume(namespace));
                note(node.id + " pauses " + namespace);
            }
            case 5 -> {
                if (nodes.size() < 4) {
                    startNode();
                }
            }
            default -> {
                note(node.id + " stops");
                node.engine.stop();
                nodes.remove(node);
                startNode();
            }
        }
        after(random.nextInt(2_500), this::faultSomewhere);
    }

    /** The storage, whose calls sometimes fail before or after they took effect. */
    private final class FaultyCalls extends ForwardingStorage<InMemoryTransaction> {
        long failUntil;

        FaultyCalls() {
            super(storage);
        }

        @Override
        protected void before(String operation) {
            if (faults && (now < failUntil || random.nextInt(300) == 0)) {
                throw new StorageException("simulated failure before " + operation, null);
            }
        }

        @Override
        protected void after(String operation) {
            if (faults && random.nextInt(300) == 0) {
                throw new StorageException("simulated failure after " + operation, null);
            }
        }
    }
}
