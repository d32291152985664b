package dev.boxcar.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

/** A drain: messages are written first, then delivered, from the start until all are acknowledged and done with. */
final class Drain {

    private static final int WRITTEN_AT_ONCE = 1_000;

    /** So that messages of many topics lie mixed, in transactions of some messages for one topic each. */
    private static final int MIXED_AT_ONCE = 20_000;

    private Drain() {}

    /** Drains a load in a place of its own, and checks it. */
    static double seconds(Bench bench, Contestant contestant, Load load) throws Exception {
        return seconds(bench, bench.newRoom(contestant), contestant, load);
    }

    /** The same in a room that is closed in the end. */
    static double seconds(Bench bench, Bench.Room newRoom, Contestant contestant, Load load) throws Exception {
        try (Bench.Room room = newRoom) {
            double seconds;
            try (Deployment deployment = contestant.deploy(room.place())) {
                fill(deployment, load);
                seconds = seconds(deployment, room.topic(), load.size());
            }
            check(bench, contestant, room.topic(), load);
            return seconds;
        }
    }

    /** Checks that all arrived as promised, and tells of duplicates, which nothing in these runs is a reason for. */
    static void check(Bench bench, Contestant contestant, Topic topic, Load load) {
        long duplicates = topic.check(load, contestant.keepsOrder());
        if (duplicates > 0) {
            bench.say(contestant.name() + ": " + duplicates + " messages came more than once");
        }
    }

    /** Starts, and waits until all is in Kafka and the contestant is done with it. */
    static double seconds(Deployment deployment, Topic topic, long messages) throws Exception {
        long start = System.nanoTime();
        deployment.start();
        awaitDone(deployment, topic, messages);
        return (System.nanoTime() - start) / 1e9;
    }

    static void fill(Deployment deployment, Load load) throws Exception {
        fill(deployment, load, 0, load.size(), WRITTEN_AT_ONCE);
    }

    /** Writes some of the messages, by number, so many in one transaction. */
    static void fill(Deployment deployment, Load load, int first, int end, int atOnce) throws Exception {
        for (int from = first; from < end; from += atOnce) {
            deployment.write(Deployment.Business.NONE, load.items(from, Math.min(end, from + atOnce)));
        }
    }

    /** Writes the messages of each key to the topic that is chosen for it. */
    static void fill(Deployment deployment, Load load, IntFunction<String> topicOfKey) throws Exception {
        for (int from = 0; from < load.size(); from += MIXED_AT_ONCE) {
            Map<String, List<Load.Item>> byTopic = new LinkedHashMap<>();
            for (int number = from; number < Math.min(load.size(), from + MIXED_AT_ONCE); number++) {
                byTopic.computeIfAbsent(topicOfKey.apply(load.key(number)), topic -> new ArrayList<>())
                        .add(load.item(number));
            }
            for (Map.Entry<String, List<Load.Item>> each : byTopic.entrySet()) {
                deployment.writeTo(each.getKey(), each.getValue());
            }
        }
    }

    /** Until all is in Kafka and the contestant is done with it. */
    static void awaitDone(Deployment deployment, Topic topic, long messages) throws TimeoutException {
        long giveUp = System.nanoTime() + Bench.LONGEST_RUN.toNanos();
        while ((deployment.done() >= 0 && deployment.done() < messages) || topic.arrived() < messages) {
            if (System.nanoTime() > giveUp) {
                throw new TimeoutException("after " + Bench.LONGEST_RUN + ", " + topic.arrived() + " of " + messages
                        + " messages have arrived and " + deployment.done() + " are done");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }
}
