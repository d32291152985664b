package dev.boxcar.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.boxcar.testservers.PostgresServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Measures what PostgreSQL and this process do during a step. It looks from another database, so as not to count itself. */
final class Meter implements AutoCloseable {

    /** Linux counts the processor time of processes in hundredths of a second. */
    private static final double TICKS_PER_SECOND = 100;

    /** Where a line of /proc/PID/stat tells it, counted from behind the process's name. */
    private static final List<Integer> OWN_TIME = List.of(11, 12);

    private static final List<Integer> TIME_OF_ENDED_CHILDREN = List.of(13, 14);

    /**
     * What was used.
     *
     * @param seconds how long it took
     * @param walBytes written to the database's log, by all databases of the server
     * @param databaseCpuSeconds processor time of all the server's processes; NaN where the system does not tell
     * @param cpuSeconds processor time of this process, the thread that ran the step left out
     * @param transactions in the database; PostgreSQL tells of them up to a second late
     */
    record Used(double seconds, double walBytes, double databaseCpuSeconds, double cpuSeconds, double transactions) {

        private Used since(Used earlier) {
            return new Used(
                    seconds - earlier.seconds,
                    walBytes - earlier.walBytes,
                    databaseCpuSeconds - earlier.databaseCpuSeconds,
                    cpuSeconds - earlier.cpuSeconds,
                    transactions - earlier.transactions);
        }
    }

    /** What is measured. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    private final OperatingSystemMXBean process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final long server;
    private final Connection connection;

    Meter(PostgresServer server) throws SQLException {
        this.server = server.pid();
        this.connection = DriverManager.getConnection(server.url());
    }

    /**
     * Turns autovacuum on or off, which runs when it likes and also for databases of earlier runs. What is under way comes to its
     * end.
     */
    void autovacuum(boolean on) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("alter system set autovacuum = " + (on ? "on" : "off"));
            statement.execute("select pg_reload_conf()");
        }
    }

    /** Runs a step that uses this database. */
    Used during(String database, Step step) throws Exception {
        Used before = now(database);
        step.run();
        return now(database).since(before);
    }

    private Used now(String database) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8, xact_commit + xact_rollback
                from pg_stat_database where datname = ?
                """)) {
            statement.setString(1, database);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long own = process.getProcessCpuTime()
                        - ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
                return new Used(
                        System.nanoTime() / 1e9, row.getDouble(1), databaseCpuSeconds(), own / 1e9, row.getDouble(2));
            }
        }
    }

    private double databaseCpuSeconds() {
        if (!Files.isReadable(Path.of("/proc/self/stat"))) {
            return Double.NaN;
        }
        long living = ProcessHandle.of(server).stream()
                .flatMap(ProcessHandle::descendants)
                .mapToLong(child -> ticks(child.pid(), OWN_TIME))
                .sum();
        return (living + ticks(server, OWN_TIME) + ticks(server, TIME_OF_ENDED_CHILDREN)) / TICKS_PER_SECOND;
    }

    private static long ticks(long pid, List<Integer> places) {
        try {
            String line = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            return places.stream()
                    .mapToLong(place -> Long.parseLong(fields[place]))
                    .sum();
        } catch (IOException e) {
            return 0; // it has just ended: its parent has its time
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
