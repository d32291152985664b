package dev.boxcar.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One run of one contestant beside a disturbance. */
final class HostileRun {

    /** What is going on beside the messages. */
    enum Disturbance {
        /** Readers that see each piece as it is. */
        NONE("undisturbed"),
        /** Readers with snapshots, and a transaction that never touched the outbox. */
        OLD_TRANSACTION("old transaction"),
        /** Readers with snapshots, and a transaction that has written one message and commits at the end. */
        OPEN_WRITER("open writer"),
        /** The same with many messages. */
        LARGE_WRITER("large open writer");

        final String label;

        Disturbance(String label) {
            this.label = label;
        }
    }

    /** A part of the messages, with what was needed for them. */
    record Slice(int messages, double rate, Delays delays, DatabaseWork work) {

        double pagesOfRead() {
            return work.readBlocks() / Math.max(1, work.reads());
        }
    }

    /**
     * What came of the run.
     *
     * @param rate from the first commit to the last arrival
     * @param restartMillis from the start of a second deployment on the same tables to its first arrival
     * @param restartRate how fast that one drained what was waiting then, from its start
     * @param lastCommitMillis from the last commit, in the end, to its arrival
     */
    record Outcome(
            double rate,
            Delays delays,
            List<Slice> slices,
            double restartMillis,
            double restartRate,
            double lastCommitMillis) {}

    private static final int KEYS = 10_000;
    private static final int PAYLOAD_BYTES = 256;
    private static final int WRITERS = 2;
    private static final int PER_TRANSACTION = 100;
    private static final int SLICES = 10;
    /** What comes in so many seconds at the beginning does not count: connections are made, plans, compiled code. */
    private static final int LEAD_SECONDS = 2;

    /** A large open transaction has one of so many messages. */
    private static final int LARGE_SHARE = 20;

    private final Contestant contestant;
    private final Disturbance disturbance;
    private final Duration patience;
    private final int lead;
    private final int messages;
    private final int perSecond;
    private final int late;
    private final Flow flow;
    private final List<Slice> slices = new ArrayList<>();

    /** @param patience how long nothing may come until the run has failed */
    HostileRun(Contestant contestant, Disturbance disturbance, int messages, int perSecond, Duration patience) {
        this.contestant = contestant;
        this.disturbance = disturbance;
        this.messages = messages;
        this.perSecond = perSecond;
        this.patience = patience;
        this.lead = Math.min(LEAD_SECONDS * perSecond, messages / 2);
        this.late = disturbance == Disturbance.LARGE_WRITER ? Math.max(1, messages / LARGE_SHARE) : 1;
        // Some wait for the restart, and the last ones are committed when all others are
        // through.
        this.flow = new Flow(
                lead + messages + Math.min(perSecond, messages) + late,
                Math.min(KEYS, messages / 10),
                PAYLOAD_BYTES,
                WRITERS);
    }

    Outcome measure(Bench bench) throws Exception {
        try (Bench.Room room = bench.newRoom();
                HikariDataSource pool = Bench.pool(DatabaseWork.watched(room.url()), 10);
                Connection observer = DriverManager.getConnection(room.url());
                FlowWatch watch = new FlowWatch(room.kafka(), room.topic().name(), flow, contestant.keepsOrder())) {
            try (Statement statement = observer.createStatement()) {
                statement.execute("checkpoint"); // so that none falls into this run that is owed to another one
            }
            DatabaseWork.begin(observer);
            Strangers.createBusiness(observer);
            Outcome outcome = measure(
                    Place.of(
                            DatabaseWork.watched(room.url()),
                            pool,
                            room.kafka(),
                            room.topic().name()),
                    room.url(),
                    observer,
                    watch);
            watch.verdict(contestant.name() + ", " + disturbance.label, flow.size());
            return outcome;
        }
    }

    private Outcome measure(Place place, String url, Connection observer, FlowWatch watch) throws Exception {
        // Before anything stays open: whoever makes tables may have to wait for that.
        Deployment steady = contestant.deploy(place);
        Deployment afterwards = contestant.deploy(place);
        Strangers.autovacuumOff(observer);
        try (afterwards;
                Strangers strangers = new Strangers(url, disturbance != Disturbance.NONE);
                HeldCommit held = disturbance.compareTo(Disturbance.OPEN_WRITER) >= 0
                        ? new HeldCommit(contestant, place, lateItems())
                        : null) {
            try (steady) {
                if (disturbance == Disturbance.OLD_TRANSACTION) {
                    strangers.openTransaction();
                }
                steady.start();
                flow(steady, observer, watch);
            }
            return restart(afterwards, watch, held);
        }
    }

    private void flow(Deployment deployment, Connection observer, FlowWatch watch) throws Exception {
        FlowWriters writers = writers(deployment);
        writers.write(0, lead, perSecond);
        List<DatabaseWork> work = new ArrayList<>(List.of(DatabaseWork.soFar(observer)));
        for (int slice = 0; slice < SLICES; slice++) {
            writers.write(begin(slice), begin(slice + 1), perSecond);
            if (slice == SLICES - 1) {
                watch.await(lead + messages, patience);
            }
            work.add(DatabaseWork.soFar(observer));
        }
        for (int slice = 0; slice < SLICES; slice++) {
            int from = begin(slice);
            int to = begin(slice + 1);
            long begun = slice == 0 ? flow.firstCommit(from, to) : flow.lastArrival(begin(slice - 1), from);
            slices.add(new Slice(
                    to - from,
                    (to - from) * 1e9 / (flow.lastArrival(from, to) - begun),
                    flow.delays(from, to),
                    work.get(slice + 1).since(work.get(slice))));
        }
    }

    private int begin(int slice) {
        return lead + (int) ((long) messages * slice / SLICES);
    }

    private Outcome restart(Deployment deployment, FlowWatch watch, @Nullable HeldCommit held) throws Exception {
        int first = lead + messages;
        int last = flow.size() - late;
        FlowWriters writers = writers(deployment);
        writers.write(first, last, 0);
        long start = System.nanoTime();
        deployment.start();
        watch.await(first + 1, patience);
        double firstMillis = (System.nanoTime() - start) / 1e6;
        watch.await(last, patience);
        double restartRate = (last - first) * 1e9 / (flow.lastArrival(first, last) - start);
        if (held == null) {
            writers.write(last, flow.size(), 0);
        } else {
            long now = held.commit();
            IntStream.range(last, flow.size()).forEach(number -> flow.committed(number, now));
        }
        watch.await(flow.size(), patience);
        return new Outcome(
                messages * 1e9 / (flow.lastArrival(lead, first) - flow.firstCommit(lead, first)),
                flow.delays(lead, first),
                slices,
                firstMillis,
                restartRate,
                flow.delays(last, flow.size()).millis(1));
    }

    private List<Load.Item> lateItems() {
        return IntStream.range(flow.size() - late, flow.size())
                .mapToObj(flow::item)
                .toList();
    }

    private FlowWriters writers(Deployment deployment) {
        return new FlowWriters(flow, PER_TRANSACTION, items -> deployment.write(Deployment.Business.NONE, items));
    }
}
