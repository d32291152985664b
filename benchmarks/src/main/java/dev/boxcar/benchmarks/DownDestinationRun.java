package dev.boxcar.benchmarks;

import dev.boxcar.OutboxSettings;
import dev.boxcar.OutboxStatus.DestinationStatus;
import dev.boxcar.RoutingPublisher;
import dev.boxcar.kafka.KafkaPublisher;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** One run with two destinations, of which one is down. */
final class DownDestinationRun {

    /**
     * What the other destination was like.
     *
     * @param firstMillis from the start until the first of what waited for it arrived
     * @param drainRate from there until all of it had
     * @param delays of what was written afterwards at a steady pace
     * @param mostRate of what was written then as fast as the writers could
     */
    record Outcome(double firstMillis, double drainRate, Delays delays, double mostRate) {}

    private static final int KEYS = 10_000;
    private static final int PAYLOAD_BYTES = 256;
    private static final int WRITERS = 2;
    private static final int PER_TRANSACTION = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ALIVE = "alive";
    private static final String DEAD = "dead";

    private final int waitingForDead;
    private final SqlFill waiting;
    private final int lead;
    private final int paced;
    private final int perSecond;
    private final Flow flow;

    DownDestinationRun(int waitingForDead, int messages) {
        this.waitingForDead = waitingForDead;
        this.waiting = new SqlFill(messages, KEYS);
        this.perSecond = Math.max(500, Math.min(5_000, messages / 10));
        this.lead = perSecond / 2;
        this.paced = messages / 4;
        this.flow = new Flow(lead + paced + messages / 2, KEYS, PAYLOAD_BYTES, WRITERS);
    }

    Outcome measure(Bench bench) throws Exception {
        try (Bench.Room room = bench.newRoom();
                Topic flowTopic = new Topic(room.kafka(), room.topic().name() + "-flow");
                FlowWatch watch = new FlowWatch(room.kafka(), flowTopic.name(), flow, true);
                // Bound, so that nobody else takes the port, yet not listening.
                Socket nobody = new Socket()) {
            nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            String dead = room.topic().name() + "-dead";
            KafkaPublisher toAlive = Node.kafka(room.kafka());
            KafkaPublisher toDead = Node.kafka("127.0.0.1:" + nobody.getLocalPort());
            RoutingPublisher publisher = RoutingPublisher.builder()
                    .route(room.topic().name(), ALIVE, toAlive)
                    .route(flowTopic.name(), ALIVE, toAlive)
                    .route(dead, DEAD, toDead)
                    .build();
            Outcome outcome;
            try (Node node = new Node(room.url(), OutboxSettings.defaults(), publisher, List.of(toAlive, toDead))) {
                new SqlFill(waitingForDead, KEYS).fill(room.dataSource(), dead);
                waiting.fill(room.dataSource(), room.topic().name());
                outcome = measure(node, room.topic(), flowTopic.name(), watch);
            }
            room.topic().check(waiting.countsByKey(), true);
            watch.verdict("down-destination", flow.size());
            requireAllWaiting(room.dataSource());
            return outcome;
        }
    }

    private Outcome measure(Node node, Topic drained, String flowing, FlowWatch watch) throws Exception {
        long start = System.nanoTime();
        node.start();
        awaitArrived(drained, 1);
        long first = System.nanoTime();
        awaitArrived(drained, waiting.messages());
        double drainRate = waiting.messages() * 1e9 / (System.nanoTime() - first);
        if (waitingForDead > 0) {
            awaitDown(node);
        }
        FlowWriters writers = new FlowWriters(flow, PER_TRANSACTION, items -> node.write(flowing, items));
        int most = lead + paced;
        writers.write(0, most, perSecond);
        watch.await(most, PATIENCE);
        writers.write(most, flow.size(), 0);
        watch.await(flow.size(), PATIENCE);
        return new Outcome(
                (first - start) / 1e6,
                drainRate,
                flow.delays(lead, most),
                (flow.size() - most)
                        * 1e9
                        / (flow.lastArrival(most, flow.size()) - flow.firstCommit(most, flow.size())));
    }

    private static void awaitArrived(Topic topic, long messages) throws TimeoutException {
        long giveUp = System.nanoTime() + Bench.LONGEST_RUN.toNanos();
        while (topic.arrived() < messages) {
            if (System.nanoTime() > giveUp) {
                throw new TimeoutException("after " + Bench.LONGEST_RUN + ", " + topic.arrived() + " of " + messages
                        + " messages have arrived beside a destination that is down");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    /** Otherwise the run would not show what it is made for. */
    private static void awaitDown(Node node) throws TimeoutException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (node.outbox().status().destinations().stream()
                .filter(each -> each.name().equals(DEAD))
                .allMatch(DestinationStatus::available)) {
            if (System.nanoTime() > giveUp) {
                throw new TimeoutException("nobody noticed that a destination is down");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private void requireAllWaiting(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select (select count(*) from boxcar_outbox), (select count(*) from boxcar_outbox_dead)")) {
            row.next();
            if (row.getLong(1) != waitingForDead || row.getLong(2) != 0) {
                throw new IllegalStateException(row.getLong(1) + " entries wait instead of " + waitingForDead + ", and "
                        + row.getLong(2) + " are dead letters");
            }
        }
    }
}
