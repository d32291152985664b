package dev.boxcar.benchmarks;

import dev.boxcar.testservers.DatabaseServer;
import dev.boxcar.testservers.MariaDbServer;
import dev.boxcar.testservers.MySqlServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** How fast what is waiting gets out of each database. */
final class DatabasesScenario implements Scenario {

    private static final int KEYS = 10_000;
    private static final int PAYLOAD_BYTES = 256;

    /**
     * Boxcar in one kind of database.
     *
     * @param newDatabase makes an empty one of a given name and tells its URL
     */
    private record Engine(String name, String version, String setup, UnaryOperator<String> newDatabase)
            implements Contestant {
        @Override
        public Deployment deploy(Place place) {
            return BoxcarContestant.TUNED.deploy(place);
        }
    }

    private final Predicate<Contestant> wanted;

    /** @param wanted of the limit and all databases, those that are measured */
    DatabasesScenario(Predicate<Contestant> wanted) {
        this.wanted = wanted;
    }

    @Override
    public String name() {
        return "databases";
    }

    @Override
    public String purpose() {
        return "as drain, with half of the messages, from each of the databases; Boxcar tuned, commits flushed to disk";
    }

    @Override
    public Duration time() {
        return Duration.ofMinutes(2);
    }

    @Override
    public void run(Bench bench) throws Exception {
        Path files = Files.createTempDirectory("boxcar-benchmark-");
        // As much memory as PostgreSQL has here, and a log that lasts for a run.
        try (MariaDbServer mariaDb = MariaDbServer.builder()
                        .setting("innodb_buffer_pool_size", "1G")
                        .setting("innodb_log_file_size", "1G")
                        .start();
                MySqlServer mySql = MySqlServer.builder()
                        .setting("innodb_buffer_pool_size", "1G")
                        .setting("innodb_log_file_size", "1G")
                        .start()) {
            List<Contestant> contestants = new ArrayList<>(List.of(new LimitContestant()));
            contestants.add(server("boxcar-postgresql", "shared_buffers 1 GiB", bench.postgres()));
            contestants.add(server("boxcar-mariadb", "innodb_buffer_pool_size 1 GiB, no binary log", mariaDb));
            contestants.add(server("boxcar-mysql", "innodb_buffer_pool_size 1 GiB, with a binary log", mySql));
            contestants.add(new Engine(
                    "boxcar-h2",
                    driverVersion("org.h2.Driver"),
                    "a file, in the same process, WRITE_DELAY=0 (written at once, yet not flushed)",
                    name -> "jdbc:h2:file:" + files.resolve(name) + ";WRITE_DELAY=0"));
            contestants.add(new Engine(
                    "boxcar-sqlite",
                    driverVersion("org.sqlite.JDBC"),
                    "a file, in the same process, journal_mode=WAL, synchronous=FULL, transaction_mode=IMMEDIATE",
                    name -> "jdbc:sqlite:" + files.resolve(name + ".db")
                            + "?journal_mode=WAL&synchronous=FULL&busy_timeout=10000&transaction_mode=IMMEDIATE"));
            measure(bench, contestants.stream().filter(wanted).toList());
        } finally {
            delete(files);
        }
    }

    private static Engine server(String contestant, String setup, DatabaseServer server) {
        return new Engine(contestant, server.name(), setup, server::newDatabase);
    }

    private static void measure(Bench bench, List<Contestant> contestants) throws Exception {
        Load load = new Load(bench.size().messages() / 2, KEYS, PAYLOAD_BYTES);
        bench.alternateAtMost(3, contestants, (contestant, warmUp) -> {
            Bench.Room room =
                    contestant instanceof Engine engine ? bench.newRoom(engine.newDatabase) : bench.newRoom(contestant);
            double rate = load.size() / Drain.seconds(bench, room, contestant, load);
            if (!warmUp) {
                bench.record(contestant, "drain", "msg/s", rate);
            }
        });
    }

    private static String driverVersion(String className) {
        return ServiceLoader.load(Driver.class).stream()
                .map(ServiceLoader.Provider::type)
                .filter(type -> type.getName().equals(className))
                .findFirst()
                .map(Versions::of)
                .orElseThrow(() -> new IllegalStateException("no driver " + className + " on the class path"));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
