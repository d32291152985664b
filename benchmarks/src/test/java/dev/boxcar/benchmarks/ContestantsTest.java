package dev.boxcar.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.benchmarks.peers.Peers;
import dev.boxcar.testservers.KafkaServer;
import dev.boxcar.testservers.PostgresServer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every contestant delivers everything, in order where it promises that: what waits when it starts, and what comes afterwards. */
class ContestantsTest {

    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);
    private static final int WRITERS = 3;
    private static final int WAITING = 300;

    private final Load load = new Load(600, 40, 64);

    static Stream<Named<Contestant>> withAnOutbox() {
        return Stream.concat(Stream.of(BoxcarContestant.TUNED, BoxcarContestant.DEFAULT), Peers.all().stream())
                .map(contestant -> Named.of(contestant.name(), contestant));
    }

    @Test
    void theLimitDeliversWhatWaits() throws Exception {
        at(new LimitContestant(), deployment -> {
            deployment.write(Deployment.Business.NONE, load.items(0, load.size()));
            deployment.start();
        });
    }

    @ParameterizedTest
    @MethodSource("withAnOutbox")
    void deliversWhatWaitsAndWhatSeveralThreadsWriteAfterTheStart(Contestant contestant) throws Exception {
        at(contestant, deployment -> {
            for (int from = 0; from < WAITING; from += 100) {
                deployment.write(Deployment.Business.NONE, load.items(from, from + 100));
            }
            deployment.start();
            awaitDone(deployment, WAITING);
            ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
            try {
                List<Future<Integer>> written = new ArrayList<>();
                for (int i = 0; i < WRITERS; i++) {
                    int writer = i;
                    written.add(writers.submit(() -> writeOwnKeys(deployment, writer)));
                }
                for (Future<Integer> each : written) {
                    assertThat(each.get()).isPositive();
                }
            } finally {
                writers.shutdownNow();
            }
        });
    }

    /** Messages of one key come from one thread: only so they have an order. */
    private int writeOwnKeys(Deployment deployment, int writer) throws Exception {
        int written = 0;
        for (Load.Item item : load.items(WAITING, load.size())) {
            if (ByteBuffer.wrap(item.payload()).getInt() % WRITERS == writer) {
                deployment.write(Deployment.Business.NONE, List.of(item));
                written++;
            }
        }
        return written;
    }

    private interface Work {
        void with(Deployment deployment) throws Exception;
    }

    private void at(Contestant contestant, Work work) throws Exception {
        String url = PostgresServer.shared().newDatabase("contestant");
        String kafka = KafkaServer.shared().bootstrapServers();
        String topicName = "contestant-" + System.nanoTime();
        try (HikariDataSource pool = Bench.pool(url, 10);
                Topic topic = new Topic(kafka, topicName)) {
            try (Deployment deployment = contestant.deploy(Place.of(url, pool, kafka, topicName))) {
                work.with(deployment);
                awaitDone(deployment, load.size());
                awaitArrived(topic);
                assertThat(deployment.done()).isEqualTo(load.size());
            }
            assertThat(topic.check(load, contestant.keepsOrder()))
                    .as("duplicates")
                    .isZero();
        }
    }

    private static void awaitDone(Deployment deployment, int messages) {
        await(deployment::done, messages, "done");
    }

    private void awaitArrived(Topic topic) {
        await(topic::arrived, load.size(), "arrived");
    }

    private static void await(LongSupplier count, int messages, String what) {
        long giveUp = System.nanoTime() + PATIENCE;
        while (count.getAsLong() < messages) {
            if (System.nanoTime() > giveUp) {
                fail("%d of %d messages are %s", count.getAsLong(), messages, what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
