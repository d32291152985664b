package dev.boxcar.kafka;

import static dev.boxcar.kafka.Kafka.entry;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.testservers.KafkaServer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Publishes like a processor, on several threads, until it is stopped; then checks what has arrived. */
final class Load {

    private static final int KEYS_OF_A_LANE = 5;

    private final KafkaServer server;
    private final KafkaPublisher publisher;
    private final String topic;
    private final int entriesOfACall;
    private final AtomicInteger failures = new AtomicInteger();
    private final List<Lane> lanes;
    private final List<Thread> threads;
    private volatile boolean stop;

    Load(KafkaServer server, KafkaPublisher publisher, String topic, int lanes, int entriesOfACall) {
        this.server = server;
        this.publisher = publisher;
        this.topic = topic;
        this.entriesOfACall = entriesOfACall;
        this.lanes = IntStream.range(0, lanes).mapToObj(Lane::new).toList();
        this.threads = this.lanes.stream()
                .map(lane -> new Thread(lane, "lane " + lane.number))
                .toList();
        threads.forEach(Thread::start);
    }

    /** Waits until so many more entries were acknowledged. */
    void awaitProgress(int entries) throws Exception {
        int before = acknowledged();
        Eventually.check(() -> assertThat(acknowledged()).isGreaterThan(before + entries));
    }

    /** Of each key everything that was acknowledged is there, in order, when duplicates are dropped by their id. */
    void stopAndCheck() throws Exception {
        stop = true;
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(lanes).extracting(lane -> lane.problem).containsOnlyNulls();
        assertThat(failures).as("entries that were not sent at first").hasPositiveValue();
        Map<String, List<String>> arrived = arrived();
        for (Lane lane : lanes) {
            for (int key = 0; key < KEYS_OF_A_LANE; key++) {
                List<String> all = arrived.getOrDefault(lane.key(key), List.of());
                assertThat(all).hasSizeGreaterThanOrEqualTo(lane.acknowledged[key]);
                // What comes after the last acknowledgement may be there as well, in its order.
                assertThat(all)
                        .isEqualTo(IntStream.range(0, all.size())
                                .mapToObj(String::valueOf)
                                .toList());
            }
        }
    }

    private Map<String, List<String>> arrived() {
        Map<String, List<String>> arrived = new TreeMap<>();
        Set<String> ids = new HashSet<>();
        Kafka.read(server, topic).forEach(record -> {
            if (ids.add(new String(record.headers().lastHeader(BoxcarHeaders.ID).value(), UTF_8))) {
                arrived.computeIfAbsent(new String(record.key(), UTF_8), k -> new ArrayList<>())
                        .add(new String(record.value(), UTF_8));
            }
        });
        return arrived;
    }

    private int acknowledged() {
        return lanes.stream()
                .flatMapToInt(lane -> IntStream.of(lane.acknowledged))
                .sum();
    }

    /** A few keys: one call at a time, and again what was not sent. */
    private final class Lane implements Runnable {

        final int number;
        final int[] acknowledged = new int[KEYS_OF_A_LANE];
        volatile @Nullable Throwable problem;

        private final List<Deque<ClaimedEntry>> waiting = new ArrayList<>();
        private final int[] written = new int[KEYS_OF_A_LANE];

        Lane(int number) {
            this.number = number;
            for (int key = 0; key < KEYS_OF_A_LANE; key++) {
                waiting.add(new ArrayDeque<>());
            }
        }

        String key(int key) {
            return number + "/" + key;
        }

        @Override
        public void run() {
            try {
                while (!stop) {
                    if (!call()) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                    }
                }
            } catch (Exception | AssertionError e) {
                problem = e;
            }
        }

        private boolean call() throws Exception {
            List<ClaimedEntry> entries = new ArrayList<>();
            for (int i = 0; i < entriesOfACall; i++) {
                int key = i % KEYS_OF_A_LANE;
                Deque<ClaimedEntry> queue = waiting.get(key);
                if (queue.size() < entriesOfACall / KEYS_OF_A_LANE) {
                    queue.add(entry(topic, key(key), Integer.toString(written[key])));
                    written[key]++;
                }
            }
            waiting.forEach(entries::addAll);
            PublishResults results = Kafka.await(publisher.publish(entries));
            int before = failures.get();
            for (int key = 0; key < KEYS_OF_A_LANE; key++) {
                // An entry whose acknowledgement got lost may be followed by one that was acknowledged: it has arrived
                // as well
                // then, which the order of what arrived shows in the end.
                for (ClaimedEntry entry : List.copyOf(waiting.get(key))) {
                    PublishResult result = results.of(entry.id());
                    if (result instanceof PublishResult.Sent) {
                        acknowledged[key]++;
                        waiting.get(key).remove(entry);
                    } else {
                        assertThat(result)
                                .isInstanceOfAny(PublishResult.Unavailable.class, PublishResult.Skipped.class);
                        failures.incrementAndGet();
                    }
                }
            }
            return failures.get() == before;
        }
    }
}
