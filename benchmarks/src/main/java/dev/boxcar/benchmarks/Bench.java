package dev.boxcar.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.testservers.KafkaServer;
import dev.boxcar.testservers.PostgresServer;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The servers, the options and the report of one call of the benchmarks. Not for several threads. */
final class Bench implements AutoCloseable {

    /** How a call is sized. */
    record Size(int messages, int rounds, boolean quick) {}

    /** No run takes longer than this. */
    static final Duration LONGEST_RUN = Duration.ofMinutes(5);

    private final Size size;
    private final Report report;
    private final PrintStream out;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private @Nullable PostgresServer postgres;
    private @Nullable PostgresServer postgresWithLogicalLog;
    private @Nullable KafkaServer kafka;
    private String scenario = "";
    private int number;

    Bench(Size size, Report report, PrintStream out) {
        this.size = size;
        this.report = report;
        this.out = out;
    }

    Size size() {
        return size;
    }

    void begin(String scenarioName) {
        scenario = scenarioName;
    }

    /** Notes one value; prints it, too. */
    void record(Contestant contestant, String metric, String unit, double value) {
        record(contestant.name(), contestant.version(), metric, unit, value);
    }

    /** Notes one value; prints it, too. */
    void record(String contestant, String version, String metric, String unit, double value) {
        report.add(new Report.Metric(scenario, contestant, version, metric, unit), value);
        say(String.format(Locale.ROOT, "%-22s %-26s %,14.2f %s", contestant, metric, value, unit));
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
        for (int round = 0; round <= Math.min(rounds, size.rounds()); round++) {
            for (Contestant contestant : contestants) {
                run.of(contestant, round == 0);
            }
        }
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

    private <S extends AutoCloseable> S opened(S server) {
        opened.add(server);
        return server;
    }

    /** An empty database and an empty topic for one run. */
    Room newRoom() {
        return newRoom(postgres());
    }

    /** The same, on a server that has what the contestant needs. */
    Room newRoom(Contestant contestant) {
        return newRoom(contestant.readsDatabaseLog() ? postgresWithLogicalLog() : postgres());
    }

    private Room newRoom(PostgresServer server) {
        String name = newName();
        String url = server.newDatabase(name);
        return new Room(url, pool(url, 10), kafka().bootstrapServers(), new Topic(kafka().bootstrapServers(), name));
    }

    /** A name that nothing else of this call has. */
    String newName() {
        return scenario + "-" + ++number;
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
            return new Place(url, dataSource, kafka, topic.name());
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
