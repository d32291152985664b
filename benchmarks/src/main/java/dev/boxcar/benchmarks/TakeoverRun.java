package dev.boxcar.benchmarks;

import dev.boxcar.OutboxSettings;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * A steady flow through three processors, one of them a process of its own; while it lasts, a processor is added, one is closed,
 * and that process is killed. A pause of any range of keys shows as the delay of a message that was written when it began.
 */
final class TakeoverRun {

    private static final int PARTITIONS = 64;
    private static final int KEYS = 10_000;
    private static final int PAYLOAD_BYTES = 256;
    private static final int WRITERS = 2;
    private static final int PER_TRANSACTION = 10;
    private static final int PER_SECOND = 2_000;
    private static final int RELAY_MEGABYTES = 192;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Processors that nobody wakes, as a relay is. */
    private static final OutboxSettings SETTINGS =
            OutboxSettings.builder().processInterval(Duration.ofMillis(500)).build();

    /** Longer than a takeover may last; hand-overs need less. */
    private static final int SECONDS_OF_DEATH = 4;

    private final int secondsOfOthers;

    TakeoverRun(boolean quick) {
        this.secondsOfOthers = quick ? 2 : SECONDS_OF_DEATH;
    }

    /** What happens to the processors half a second after a part of the flow has begun. */
    @FunctionalInterface
    private interface Event {
        void happen() throws Exception;
    }

    private record Part(String label, int seconds, Event event) {
        int messages() {
            return PER_SECOND * seconds;
        }
    }

    /** The longest delay of a message, in milliseconds, by what happened. */
    Map<String, Double> measure(Bench bench) throws Exception {
        try (Bench.Room room = bench.newRoom();
                Node first = node(room);
                Node second = node(room);
                Node third = node(room)) {
            first.start();
            second.start();
            try (ChildRelay relay = ChildRelay.start(room.url(), room.kafka(), RELAY_MEGABYTES)) {
                awaitShares(List.of(first, second), relay);
                return measure(
                        room,
                        first,
                        List.of(
                                new Part("warm-up", secondsOfOthers, () -> {}),
                                new Part("nothing happens", secondsOfOthers, () -> {}),
                                new Part("one more", secondsOfOthers, third::start),
                                new Part("one closed", secondsOfOthers, second::close),
                                new Part("one killed", SECONDS_OF_DEATH, relay::kill)));
            }
        }
    }

    private static Map<String, Double> measure(Bench.Room room, Node writer, List<Part> parts) throws Exception {
        int messages = parts.stream().mapToInt(Part::messages).sum();
        Flow flow = new Flow(messages, KEYS, PAYLOAD_BYTES, WRITERS);
        try (FlowWatch watch = new FlowWatch(room.kafka(), room.topic().name(), flow, true)) {
            FlowWriters writers = new FlowWriters(
                    flow,
                    PER_TRANSACTION,
                    items -> writer.write(room.dataSource(), room.topic().name(), items));
            int from = 0;
            for (Part part : parts) {
                CompletableFuture<Void> happening = soon(part.event);
                writers.write(from, from + part.messages(), PER_SECOND);
                happening.get();
                from += part.messages();
            }
            watch.await(messages, PATIENCE);
            watch.verdict("takeover", messages);
        }
        Map<String, Double> longest = new LinkedHashMap<>();
        int from = 0;
        for (Part part : parts) {
            longest.put(part.label, flow.delays(from, from + part.messages()).millis(1));
            from += part.messages();
        }
        longest.remove("warm-up");
        return longest;
    }

    private static CompletableFuture<Void> soon(Event event) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        event.happen();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                },
                CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS));
    }

    /** Until the process of its own has its share, and the others have no more than theirs. */
    private static void awaitShares(List<Node> nodes, ChildRelay relay) throws Exception {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        int fair = (PARTITIONS + nodes.size()) / (nodes.size() + 1);
        while (nodes.stream().anyMatch(node -> node.claims() == 0 || node.claims() > fair)) {
            relay.requireAlive();
            if (System.nanoTime() > giveUp) {
                throw new TimeoutException("the processors do not share their work");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static Node node(Bench.Room room) {
        return Node.toKafka(room.url(), SETTINGS, room.kafka());
    }
}
