package dev.boxcar.benchmarks;

import dev.boxcar.testservers.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/** What a message costs, and what it costs to wait for one. */
final class CostScenario implements Scenario {

    private static final int KEYS = 10_000;
    private static final int PAYLOAD_BYTES = 256;
    private static final int WRITERS = 4;
    private static final int ROUNDS = 2;

    private final List<Contestant> contestants;

    CostScenario(List<Contestant> contestants) {
        this.contestants = contestants;
    }

    @Override
    public String name() {
        return "cost";
    }

    @Override
    public String purpose() {
        return "a message's share of the database's log and of processor time: written alone in its transaction, written"
                + " with 999 others, delivered, and vacuumed away; then what it takes to be idle";
    }

    @Override
    public void run(Bench bench) throws Exception {
        Map<PostgresServer, Meter> meters = new HashMap<>();
        try {
            for (Contestant contestant : contestants) {
                PostgresServer server = bench.postgres(contestant);
                if (!meters.containsKey(server)) {
                    Meter meter = new Meter(server);
                    meters.put(server, meter);
                    meter.autovacuum(false);
                }
            }
            measure(bench, contestant -> Objects.requireNonNull(meters.get(bench.postgres(contestant))));
        } finally {
            for (Meter meter : meters.values()) {
                meter.autovacuum(true);
                meter.close();
            }
        }
    }

    private void measure(Bench bench, Function<Contestant, Meter> meters) throws Exception {
        bench.alternateAtMost(ROUNDS, contestants, (contestant, warmUp) -> {
            Meter meter = meters.apply(contestant);
            int messages = Math.max(400, contestant.enough(bench.size().messages()) / 2);
            Load load = new Load(messages, KEYS, PAYLOAD_BYTES);
            try (Bench.Room room = bench.newRoom(contestant)) {
                try (Deployment deployment = contestant.deploy(room.place())) {
                    work(bench, meter, contestant, deployment, room, load, warmUp);
                }
                Drain.check(bench, contestant, room.topic(), load);
            }
        });
        for (Contestant contestant : contestants) {
            idle(bench, meters.apply(contestant), contestant);
        }
    }

    private static void work(
            Bench bench,
            Meter meter,
            Contestant contestant,
            Deployment deployment,
            Bench.Room room,
            Load load,
            boolean warmUp)
            throws Exception {
        String database = database(room);
        int alone = load.size() / 10;
        Meter.Used one;
        try (Writers writers = new Writers(deployment, Deployment.Business.NONE, new Probe(room.dataSource()), load)) {
            one = meter.during(database, () -> writers.write(0, alone, WRITERS, 0));
        }
        Meter.Used many = meter.during(database, () -> Drain.fill(deployment, load, alone, load.size(), 1_000));
        long statements = deployment.statements();
        Meter.Used deliver = meter.during(database, () -> Drain.seconds(deployment, room.topic(), load.size()));
        statements = deployment.statements() - statements;
        Meter.Used vacuum = meter.during(database, () -> vacuum(room));
        if (warmUp) {
            return;
        }
        recordDatabase(bench, contestant, "write 1", one, alone);
        recordDatabase(bench, contestant, "write 1,000", many, load.size() - alone);
        recordDatabase(bench, contestant, "deliver", deliver, load.size());
        recordDatabase(bench, contestant, "vacuum", vacuum, load.size());
        bench.record(
                contestant,
                "write 1, deliver: WAL - payload",
                "B/msg",
                one.walBytes() / alone + deliver.walBytes() / load.size() - PAYLOAD_BYTES);
        bench.record(contestant, "deliver: relay CPU", "µs/msg", deliver.cpuSeconds() * 1e6 / load.size());
        if (statements > 0) {
            bench.record(contestant, "deliver: statements", "/1000 msg", statements * 1e3 / load.size());
        }
    }

    private static void recordDatabase(Bench bench, Contestant contestant, String step, Meter.Used used, int messages) {
        bench.record(contestant, step + ": WAL", "B/msg", used.walBytes() / messages);
        bench.record(contestant, step + ": database CPU", "µs/msg", used.databaseCpuSeconds() * 1e6 / messages);
    }

    /** One message first; then a while, for polling to calm down; then a while that counts. */
    private static void idle(Bench bench, Meter meter, Contestant contestant) throws Exception {
        int seconds = Math.max(1, Math.min(10, bench.size().messages() / 20_000));
        Load load = new Load(1, 1, PAYLOAD_BYTES);
        try (Bench.Room room = bench.newRoom(contestant)) {
            try (Deployment deployment = contestant.deploy(room.place())) {
                Drain.fill(deployment, load);
                Drain.seconds(deployment, room.topic(), load.size());
                Thread.sleep(seconds * 1_000L / 2);
                long before = deployment.statements();
                Meter.Used idle = meter.during(database(room), () -> Thread.sleep(seconds * 1_000L));
                bench.record(contestant, "idle: database transactions", "1/s", idle.transactions() / idle.seconds());
                if (before >= 0) {
                    double statements = (deployment.statements() - before) / idle.seconds();
                    bench.record(contestant, "idle: statements", "1/s", statements);
                }
                bench.record(
                        contestant, "idle: database CPU", "ms/s", idle.databaseCpuSeconds() * 1e3 / idle.seconds());
                // The system counts in hundredths of a second: next to nothing can come out as less than nothing.
                bench.record(
                        contestant, "idle: relay CPU", "ms/s", Math.max(0, idle.cpuSeconds()) * 1e3 / idle.seconds());
            }
            Drain.check(bench, contestant, room.topic(), load);
        }
    }

    private static void vacuum(Bench.Room room) throws SQLException {
        try (Connection connection = room.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("vacuum");
        }
    }

    private static String database(Bench.Room room) throws SQLException {
        try (Connection connection = room.dataSource().getConnection()) {
            return connection.getCatalog();
        }
    }
}
