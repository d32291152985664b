package dev.boxcar.examples.bank;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxWriter;
import dev.boxcar.examples.support.TopicReader;
import dev.boxcar.jdbc.JdbcStorage;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

/** One demo from the first account to the verdict, on servers that run already. Used once, by one thread. */
final class DemoRun {

    private static final int TOPIC_PARTITIONS = 8;
    private static final String VICTIM = "relay-1";
    private static final String JOINER = "relay-3";
    private static final double SABOTAGE_AT = 0.15;
    private static final double KILL_AT = 0.35;
    private static final double JOIN_AT = 0.7;
    private static final Duration TICK = Duration.ofMillis(200);
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration JOIN_LIMIT = Duration.ofSeconds(30);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);

    /** How long nothing arrives, with an empty outbox, until what is missing counts as lost. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    private final DemoSettings settings;
    private final String databaseUrl;
    private final String kafka;
    private final Path folder;
    private final Progress progress;
    private final Ledger ledger = new Ledger();
    private final CountDownLatch never = new CountDownLatch(1);

    /**
     * @param databaseUrl an empty PostgreSQL database
     * @param folder where the relays write their logs
     */
    DemoRun(DemoSettings settings, String databaseUrl, String kafka, Path folder, Progress progress) {
        this.settings = settings;
        this.databaseUrl = databaseUrl;
        this.kafka = kafka;
        this.folder = folder;
        this.progress = progress;
    }

    Verdict run() throws SQLException, InterruptedException, ExecutionException {
        String topic = "accounts-" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
        createTopic(topic);
        try (HikariDataSource pool = pool();
                Relays relays = new Relays(databaseUrl, kafka, folder, progress);
                TopicReader consumer = reader(topic)) {
            JdbcStorage outbox = JdbcStorage.builder(pool).createIfMissing(true).build();
            try (Connection connection = pool.getConnection()) {
                Bank.open(connection, settings.accounts());
            }
            relays.start("relay-1");
            relays.start("relay-2");
            consumer.start();
            await("relays to start", relays, () -> relays.holds("relay-1") && relays.holds("relay-2"));
            Bank bank = new Bank(OutboxWriter.create(outbox), OutboxContext.ofNamespace(topic));
            Sabotage sabotage = new Sabotage(settings.sabotage());
            Dashboard dashboard;
            try (Writers writers = new Writers(pool, bank, ledger, settings, sabotage)) {
                writers.warmUp();
                await("first messages to arrive", relays, ledger::complete);
                dashboard = new Dashboard(progress, ledger, relays.takeovers(), outbox);
                writers.start();
                followTheScript(writers, relays, consumer, sabotage, dashboard);
            }
            progress.event("the writers have stopped; waiting until everything has arrived");
            drain(relays, dashboard);
            Duration time = dashboard.elapsed();
            relays.stop();
            return verdict(pool, outbox, relays.takeovers(), time);
        } finally {
            progress.end();
        }
    }

    private void followTheScript(
            Writers writers, Relays relays, TopicReader consumer, Sabotage sabotage, Dashboard dashboard)
            throws InterruptedException {
        boolean killed = false;
        boolean joined = false;
        double fraction = 0;
        Duration longest = settings.time().plus(JOIN_LIMIT);
        // On a busy machine the third relay needs a moment; there should still be something to do for it.
        while (fraction < 1 || (!relays.holds(JOINER) && dashboard.elapsed().compareTo(longest) < 0)) {
            never.await(TICK.toMillis(), TimeUnit.MILLISECONDS);
            Integer transfers = settings.transfers();
            fraction = transfers == null
                    ? (double) dashboard.elapsed().toMillis() / settings.time().toMillis()
                    : (double) writers.transfers() / transfers;
            failOn("a writer", writers.failure());
            consumer.check();
            relays.check();
            if (fraction >= SABOTAGE_AT) {
                sabotage.arm();
            }
            if (fraction >= KILL_AT && !killed) {
                killed = true;
                relays.kill(VICTIM);
            }
            if (fraction >= JOIN_AT && !joined) {
                joined = true;
                relays.start(JOINER);
            }
            dashboard.show(fraction);
        }
    }

    /** Waits until everything has arrived, or until it is clear that nothing more will. */
    private void drain(Relays relays, Dashboard dashboard) throws InterruptedException {
        long began = System.nanoTime();
        long arrived = -1;
        long lastArrival = began;
        while (since(began).compareTo(DRAIN_LIMIT) < 0) {
            boolean settled = !relays.takeovers().pending();
            if (settled && ledger.complete()) {
                return;
            }
            if (ledger.arrivedCount() != arrived) {
                arrived = ledger.arrivedCount();
                lastArrival = System.nanoTime();
            }
            if (settled && since(lastArrival).compareTo(QUIET) > 0 && dashboard.sawEmptyOutboxAfter(lastArrival)) {
                return;
            }
            relays.check();
            never.await(TICK.toMillis(), TimeUnit.MILLISECONDS);
            dashboard.show(1);
        }
    }

    private Verdict verdict(HikariDataSource pool, JdbcStorage outbox, Takeovers takeovers, Duration time)
            throws SQLException {
        try (Connection connection = pool.getConnection()) {
            Map<Integer, Bank.Account> accounts = Bank.accounts(connection);
            return new Verdict(new Verdict.Evidence(
                    ledger.findings(),
                    accounts,
                    takeovers.done(),
                    takeovers.pending(),
                    takeovers.failures(),
                    outbox.status(),
                    time));
        }
    }

    private TopicReader reader(String topic) {
        return new TopicReader(
                kafka,
                List.of(topic),
                TOPIC_PARTITIONS,
                false,
                (id, payload) -> ledger.arrived(id, AccountEvent.parse(payload), Instant.now()));
    }

    private HikariDataSource pool() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(databaseUrl);
        config.setMaximumPoolSize(settings.writers() + 3);
        return new HikariDataSource(config);
    }

    private void createTopic(String topic) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka))) {
            admin.createTopics(List.of(new NewTopic(topic, TOPIC_PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }

    private void await(String what, Relays relays, BooleanSupplier condition) throws InterruptedException {
        long began = System.nanoTime();
        while (!condition.getAsBoolean()) {
            relays.check();
            if (since(began).compareTo(START_LIMIT) > 0) {
                throw new IllegalStateException("waited in vain for the " + what);
            }
            never.await(20, TimeUnit.MILLISECONDS);
        }
    }

    private static void failOn(String who, @Nullable Exception failure) {
        if (failure != null) {
            throw new IllegalStateException(who + " failed: " + failure.getMessage(), failure);
        }
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
