package dev.boxcar.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxContext;
import dev.boxcar.RetryPolicy;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.spi.BlockingSession;
import dev.boxcar.spi.StorageStatus;
import dev.boxcar.testkit.Await;
import dev.boxcar.testkit.RecordingPublisher;
import dev.boxcar.testservers.PostgresServer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a real PostgreSQL, as Prometheus sees it. */
@SuppressWarnings("try") // a block is there to be ended
class PostgresMetricsTest {

    private static final Pattern SAMPLE = Pattern.compile("(?m)^(boxcar_\\w+)\\{");

    private final HikariDataSource dataSource = new HikariDataSource();
    private final RecordingPublisher publisher = RecordingPublisher.keepingOrder();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final OutboxMetrics metrics = OutboxMetrics.builder()
            .name("shop")
            .refreshInterval(Duration.ofSeconds(1))
            .build();
    private final ExecutorService others = Executors.newCachedThreadPool();
    private String url = "";
    private JdbcStorage storage = JdbcStorage.create(dataSource);

    @BeforeEach
    void open() {
        url = PostgresServer.shared().newDatabase("metrics");
        dataSource.setJdbcUrl(url);
        dataSource.setMaximumPoolSize(6);
        storage = JdbcStorage.builder(dataSource).createIfMissing(true).build();
        metrics.bindTo(registry);
    }

    @AfterEach
    void close() throws Exception {
        metrics.close();
        others.shutdown();
        assertThat(others.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(dataSource.getHikariPoolMXBean().getActiveConnections())
                .as("connections that were not given back")
                .isZero();
        dataSource.close();
        registry.close();
    }

    private Outbox<Connection> outbox() {
        return Outbox.<Connection>builder()
                .storage(storage)
                .publisher(publisher)
                .listener(metrics)
                .settings(s -> s.retryPolicy(
                        RetryPolicy.DEFAULT.withMaxAttempts(2).withDelays(Duration.ofMillis(1), Duration.ofMillis(1))))
                .build();
    }

    private void write(List<Message> messages) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            connection.setAutoCommit(false);
            storage.publish(OutboxContext.DEFAULT, connection, messages);
            connection.commit();
        }
    }

    private String line(String begin) {
        return registry.scrape()
                .lines()
                .filter(line -> line.startsWith(begin))
                .findFirst()
                .orElse("");
    }

    @Test
    void asInTheGuide() throws Exception {
        // tag::metrics[]
        OutboxMetrics metrics = OutboxMetrics.create();
        metrics.bindTo(registry); // your MeterRegistry
        Outbox<Connection> outbox = Outbox.<Connection>builder()
                .storage(storage)
                .publisher(publisher)
                .listener(metrics) // counts and measures
                .build();
        metrics.watch(outbox); // what the processor is doing
        metrics.watch(storage); // what waits in the table
        outbox.start();
        // end::metrics[]
        write(List.of(Message.of("k", "m")));
        outbox.wakeProcessor();
        Await.until(
                "it shows",
                () -> line("boxcar_entries_published_total{")
                        .equals("boxcar_entries_published_total{destination=\"default\",outbox=\"default\"} 1.0"));
        outbox.close();
        metrics.close();
    }

    /** The names of all samples, after everything that can happen has happened once. */
    private Set<String> names() throws Exception {
        publisher.failing(entry -> entry.payload().length == 2, 1, "not now");
        publisher.rejecting(entry -> entry.payload().length == 3, "never");
        try (Outbox<Connection> outbox = outbox()) {
            metrics.watch(outbox);
            metrics.watch(storage);
            write(List.of(Message.of("a", "1"), Message.of("b", "22"), Message.of("c", "333")));
            Await.until("all is done", () -> {
                outbox.pumpOutbox();
                return storage.status().pending() == 0;
            });
        }
        try (Blocked blocked = new Blocked("lock table boxcar_outbox in access exclusive mode")) {
            Await.until(
                    "the block shows",
                    () -> !line("boxcar_delivery_blocked_seconds{").isEmpty());
        }
        Set<String> names = new TreeSet<>();
        Matcher samples = SAMPLE.matcher(registry.scrape());
        while (samples.find()) {
            names.add(samples.group(1));
        }
        names.add("boxcar_delivery_blocked_seconds");
        return names;
    }

    /** A session that holds something for which a processor's read, or a writer, waits. */
    private final class Blocked implements AutoCloseable {
        private final Connection holder = DriverManager.getConnection(url + "&ApplicationName=nightly+export");
        private final Future<?> waiting;

        Blocked(String sql) throws SQLException {
            holder.setAutoCommit(false);
            try (Statement statement = holder.createStatement()) {
                statement.execute(sql);
            }
            waiting = others.submit(() -> {
                write(List.of(Message.of("k", "behind the lock")));
                return null;
            });
        }

        @Override
        public void close() throws Exception {
            holder.rollback();
            holder.close();
            waiting.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void everyMetricIsPrintedUnderItsNameAndTheShippedFilesKnowNoOthers() throws Exception {
        Set<String> names = names();
        for (OutboxMetric metric : OutboxMetric.values()) {
            assertThat(names).as("%s is printed", metric).contains(PrometheusNames.of(metric));
        }
        ShippedFiles.checkDashboard(names);
        ShippedFiles.checkAlerts(names);
        ShippedFiles.checkGuide(names);
    }

    @Test
    void aLockedTableShowsWhoLocksItAndForHowLong() throws Exception {
        metrics.watch(storage);
        try (Blocked blocked = new Blocked("lock table boxcar_outbox in access exclusive mode")) {
            Predicate<String> shows = text -> text.contains("application=\"nightly export\"")
                    && text.contains("user=\"postgres\"")
                    && !text.contains("session=\"0\"");
            Await.until("it shows", () -> shows.test(line("boxcar_delivery_blocked_seconds{")));
            Await.until("it lasts", () -> seconds(line("boxcar_delivery_blocked_seconds{")) > 1);
            assertThat(line("boxcar_blocking_sessions{")).endsWith(" 1.0");
        }
        Await.until("it is over", () -> line("boxcar_delivery_blocked_seconds{").isEmpty());
        assertThat(line("boxcar_blocking_sessions{")).endsWith(" 0.0");
    }

    private static double seconds(String line) {
        return line.isEmpty() ? 0 : Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
    }

    @Test
    void anOldTransactionOfSomebodyElseHoldsNothingUp() throws Exception {
        write(List.of(Message.of("k", "m")));
        try (Connection stranger = DriverManager.getConnection(url)) {
            stranger.setAutoCommit(false);
            try (Statement statement = stranger.createStatement()) {
                statement.execute("select * from boxcar_outbox");
            }
            assertThat(storage.blockingSessions()).isEmpty();
            stranger.rollback();
        }
    }

    @Test
    void aBacklogBeyondTheLimitIsEstimatedAndNotCounted() throws Exception {
        List<Message> messages = Collections.nCopies(5_000, Message.of("k", "m"));
        for (int i = 0; i < 5; i++) {
            write(messages);
        }
        Await.until("the statistics have come", () -> storage.status().pendingEstimate() == 25_000);
        StorageStatus status = storage.status();
        assertThat(status.pending()).isEqualTo(StorageStatus.COUNT_LIMIT);
        metrics.watch(storage);
        Await.until("it shows", () -> line("boxcar_pending{").endsWith(" 25000.0"));
    }

    @Test
    void aRowThatSomebodyHoldsIsShownToo() throws Exception {
        write(List.of(Message.of("k", "m")));
        try (Connection holder = DriverManager.getConnection(url)) {
            holder.setAutoCommit(false);
            try (Statement statement = holder.createStatement()) {
                statement.execute("select 1 from boxcar_outbox for update");
            }
            try (Outbox<Connection> outbox = outbox()) {
                outbox.start();
                Await.until(
                        "the delete waits", () -> !storage.blockingSessions().isEmpty());
                BlockingSession session = storage.blockingSessions().get(0);
                assertThat(session.user()).isEqualTo("postgres");
                assertThat(session.waiting()).isEqualTo(1);
                assertThat(session.longestWait()).isGreaterThanOrEqualTo(Duration.ZERO);
                holder.rollback();
                Await.until("it is gone", () -> storage.status().pending() == 0);
            }
            assertThat(storage.blockingSessions()).isEmpty();
        }
    }
}
