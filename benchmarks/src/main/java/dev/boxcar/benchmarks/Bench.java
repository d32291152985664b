package dev.boxcar.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.testservers.KafkaServer;
import dev.boxcar.testservers.PostgresServer;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The servers, the options and the report of one call of the benchmarks. Not for several threads. */
final class Bench implements AutoCloseable {

    /**
     * How a call is sized.
     *
     * @param messages how many the fastest get in a run
     * @param chosen whether somebody has asked for this number, and so gets it in scenarios that have a size of their own
     * @param rounds how often a run counts at most
     * @param quick whether there must be an end in some minutes
     * @param timed whether a scenario begins no more rounds once its time is used up
     */
    record Size(int messages, boolean chosen, int rounds, boolean quick, boolean timed) {

        private static final int QUICK_PART = 10;
        private static final int LEAST_FOR_FIGURES = 10_000;

        /** The messages of a scenario that has a size of its own. */
        int messages(int usual) {
            return chosen ? messages : quick ? usual / QUICK_PART : usual;
        }

        /** Whether it is so small that nobody can be interested in its figures, and nothing need be warm. */
        boolean tiny() {
            return messages < LEAST_FOR_FIGURES;
        }
    }

    /** No run takes longer than this. */
    static final Duration LONGEST_RUN = Duration.ofMinutes(5);

    private final Size size;
    private final Report report;
    private final PrintStream out;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private @Nullable PostgresServer postgres;
    private @Nullable PostgresServer postgresWithLogicalLog;
    private @Nullable KafkaServer kafka;
    private final Map<String, String> setups = new LinkedHashMap<>();
    private @Nullable Scenario scenario;
    private boolean warm;
    private long due;
    private int number;

    Bench(Size size, Report report, PrintStream out) {
        this.size = size;
        this.report = report;
        this.out = out;
    }

    Size size() {
        return size;
    }

    /** Runs a scenario. What those before it have left of their time is given to it, and what they took too much is not. */
    void run(Scenario next) throws Exception {
        due = (scenario == null ? System.nanoTime() : due) + next.time().toNanos();
        scenario = next;
        setups.clear();
        next.run(this);
        warm = true;
    }

    private Scenario scenario() {
        Scenario known = scenario;
        if (known == null) {
            throw new IllegalStateException("no scenario has begun");
        }
        return known;
    }

    /** Notes one value; prints it, too. */
    void record(Contestant contestant, String metric, String unit, double value) {
        report.add(scenario().name(), contestant, metric, unit, value);
        setups.put(contestant.name(), contestant.setup());
        if (!Row.isStep(metric)) {
            say(String.format(Locale.ROOT, "%-18s %-44s %,14.2f %s", contestant.name(), metric, value, unit));
        }
    }

    /** Notes how much one metric's median is of another one's. */
    void recordRatio(Contestant contestant, String metric, String above, String below) {
        String name = scenario().name();
        record(
                contestant,
                metric,
                "x",
                report.median(name, contestant, above) / report.median(name, contestant, below));
    }

    /** How those are set up of whom something was noted in this scenario. */
    Map<String, String> setups() {
        return setups;
    }

    void say(String line) {
        out.println("  " + line);
        out.flush();
    }

    /** Runs what is measured and what it is measured against in turn: a warm-up that does not count, then the rounds. */
    void alternate(List<? extends Contestant> contestants, Run run) throws Exception {
        alternateAtMost(size.rounds(), contestants, run);
    }

    /** The same with fewer rounds, for what takes long. */
    void alternateAtMost(int rounds, List<? extends Contestant> contestants, Run run) throws Exception {
        warmUp(() -> {
            for (Contestant contestant : contestants) {
                run.of(contestant, true);
            }
        });
        rounds(rounds, round -> {
            for (Contestant contestant : contestants) {
                run.of(contestant, false);
            }
        });
    }

    /** Does what makes the figures of later runs better; if there is no time for that, in the first scenario only. */
    void warmUp(Meter.Step step) throws Exception {
        if (!size.tiny() && !(size.quick() && warm)) {
            say("warming up");
            step.run();
        }
    }

    /** Does a round at most so often, while there is time for another one; at least once. */
    void rounds(int most, Round round) throws Exception {
        int wanted = Math.min(most, size.rounds());
        long longest = 0;
        for (int i = 0; i < wanted; i++) {
            long now = System.nanoTime();
            if (i > 0 && size.timed() && now + longest - due > 0) {
                say("after " + i + " of " + wanted + " rounds there is no time for another one");
                return;
            }
            round.run(i);
            longest = Math.max(longest, System.nanoTime() - now);
        }
    }

    /** What is done in a round, known by its number. */
    @FunctionalInterface
    interface Round {
        void run(int number) throws Exception;
    }

    /** One run of one contestant. */
    @FunctionalInterface
    interface Run {
        void of(Contestant contestant, boolean warmUp) throws Exception;
    }

    /** PostgreSQL as one would run it: durable commits, with memory and checkpoints for some load. */
    PostgresServer postgres() {
        PostgresServer known = postgres;
        if (known == null) {
            known = startPostgres("replica");
            postgres = known;
        }
        return known;
    }

    /** The same for those who read its log: it writes more there, which only they pay for. */
    PostgresServer postgres(Contestant contestant) {
        return contestant.readsDatabaseLog() ? postgresWithLogicalLog() : postgres();
    }

    private PostgresServer postgresWithLogicalLog() {
        PostgresServer known = postgresWithLogicalLog;
        if (known == null) {
            known = startPostgres("logical");
            postgresWithLogicalLog = known;
        }
        return known;
    }

    private PostgresServer startPostgres(String walLevel) {
        return opened(PostgresServer.builder()
                .setting("wal_level", walLevel)
                // Some contestants want a connection for each of many threads, and all are there at once when they
                // write.
                .setting("max_connections", "500")
                .setting("shared_buffers", "1GB")
                .setting("max_wal_size", "8GB")
                .setting("checkpoint_timeout", "15min")
                // Counts the statements of those connections that ask for it, and no others.
                .setting("shared_preload_libraries", "pg_stat_statements")
                .setting("pg_stat_statements.track", "none")
                .start());
    }

    /** One Kafka broker. */
    KafkaServer kafka() {
        KafkaServer known = kafka;
        if (known == null) {
            known = opened(KafkaServer.builder().heap("1g").start());
            kafka = known;
        }
        return known;
    }

    /** What all this runs on. */
    String machine() {
        return String.format(
                Locale.ROOT,
                "%d cores, %d GiB, %s %s, Java %s, %s, %s",
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize() >> 30,
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                Runtime.version(),
                postgres().name(),
                kafka().name());
    }

    private <S extends AutoCloseable> S opened(S server) {
        opened.add(server);
        return server;
    }

    /** An empty database and an empty topic for one run. */
    Room newRoom() {
        return newRoom(postgres()::newDatabase);
    }

    /** The same, on a server that has what the contestant needs. */
    Room newRoom(Contestant contestant) {
        return newRoom(postgres(contestant)::newDatabase);
    }

    /** The same in another kind of database. Makes a new one of that name and tells its URL. */
    Room newRoom(UnaryOperator<String> newDatabase) {
        String name = newName();
        String url = newDatabase.apply(name);
        return new Room(url, pool(url, 10), kafka().bootstrapServers(), new Topic(kafka().bootstrapServers(), name));
    }

    /** A name that nothing else of this call has. */
    String newName() {
        return scenario().name() + "-" + ++number;
    }

    static HikariDataSource pool(String url, int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(connections);
        return new HikariDataSource(config);
    }

    /** The place of one run, with what it takes to look at it from outside. */
    record Room(String url, HikariDataSource dataSource, String kafka, Topic topic) implements AutoCloseable {
        Place place() {
            return Place.of(url, dataSource, kafka, topic.name());
        }

        @Override
        public void close() {
            topic.close();
            dataSource.close();
        }
    }

    @Override
    public void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }
}
