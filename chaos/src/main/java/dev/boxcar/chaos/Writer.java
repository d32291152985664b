package dev.boxcar.chaos;

import dev.boxcar.Message;
import dev.boxcar.OutboxException;
import dev.boxcar.OutboxWriter;
import dev.boxcar.chaos.Journal.Entry;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One application thread. Every transaction leaves a row that proves its commit, for the case that the connection breaks while
 * it commits. Keys are its own.
 */
final class Writer {

    /** How it puts messages into the outbox. */
    enum Style {
        /** With Boxcar. */
        JAVA,
        /** With an {@code INSERT} of its own, as a program in another language does. */
        SQL
    }

    /**
     * What a writer does.
     *
     * @param name its name
     * @param style how it writes
     * @param namespaces where to
     * @param transactionsPerSecond at most; 0 for as many as it can
     * @param mixed whether some transactions are rolled back, slow, or large
     */
    record Plan(String name, Style style, List<String> namespaces, double transactionsPerSecond, boolean mixed) {

        Plan withRate(double rate) {
            return new Plan(name, style, namespaces, rate, mixed);
        }
    }

    static final String CREATE_MARKERS = "create table chaos_marker (transaction_number bigint primary key)";

    private static final String MARK = "insert into chaos_marker (transaction_number) values (?)";
    private static final String INSERT = """
            insert into boxcar_outbox (namespace, message_key, payload, message_id) values (?, ?, ?, ?)""";

    private static final AtomicLong TRANSACTIONS = new AtomicLong();
    private static final int KEYS_IN_NAMESPACE = 6;
    private static final int LARGE = 200 * 1024;
    private static final int MANY = 300;
    private static final int REFUSED = 100 * 1024;
    private static final long RECONNECT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final Plan plan;
    private final String url;
    private final OutboxWriter<Connection> outbox;
    private final Journal journal;
    private final Random random;
    private final Thread thread;
    private final List<int[]> keys = new ArrayList<>();
    private final Set<Integer> allKeys = new HashSet<>();
    private volatile boolean stopped;
    private volatile boolean paused;
    private volatile boolean idle;
    private volatile double refusedShare;
    private volatile double rate;
    private volatile @Nullable Throwable failure;

    Writer(Plan plan, String url, OutboxWriter<Connection> outbox, Journal journal, long seed) {
        this.plan = plan;
        this.url = url;
        this.outbox = outbox;
        this.journal = journal;
        this.random = new Random(seed);
        this.rate = plan.transactionsPerSecond;
        this.thread = new Thread(this::run, plan.name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** How many of its messages are too large for the broker, from 0 to 1. */
    void refusedShare(double share) {
        refusedShare = share;
    }

    void rate(double transactionsPerSecond) {
        rate = transactionsPerSecond;
    }

    /** Returns when no transaction is under way. */
    void pause() {
        paused = true;
        while (!idle && thread.isAlive()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    void resume() {
        idle = false;
        paused = false;
    }

    /** Ends after the transaction that is under way. */
    void stop() {
        stopped = true;
    }

    void join() throws InterruptedException {
        thread.join(20_000);
        if (thread.isAlive()) {
            throw new IllegalStateException("writer " + plan.name + " does not end");
        }
    }

    /** Why it gave up, or null. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** All keys that it has used. */
    Set<Integer> keys() {
        synchronized (allKeys) {
            return new HashSet<>(allKeys);
        }
    }

    private void run() {
        try {
            takeNewKeys();
            while (!stopped) {
                try (Connection connection = DriverManager.getConnection(url)) {
                    connection.setAutoCommit(false);
                    writeUntilItBreaks(connection);
                } catch (SQLException e) {
                    LockSupport.parkNanos(RECONNECT_NANOS);
                    if (paused) {
                        awaitResume();
                    }
                }
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private void takeNewKeys() {
        keys.clear();
        for (int namespace = 0; namespace < plan.namespaces.size(); namespace++) {
            int[] some = new int[KEYS_IN_NAMESPACE];
            for (int i = 0; i < some.length; i++) {
                some[i] = journal.newKey();
                synchronized (allKeys) {
                    allKeys.add(some[i]);
                }
            }
            keys.add(some);
        }
    }

    private void awaitResume() {
        idle = true;
        while (paused && !stopped) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        idle = false;
    }

    private void writeUntilItBreaks(Connection connection) throws SQLException {
        long due = System.nanoTime();
        while (!stopped) {
            if (paused) {
                awaitResume();
                due = System.nanoTime();
                continue;
            }
            if (!transaction(connection)) {
                return;
            }
            double perSecond = rate;
            if (perSecond > 0) {
                due = Math.max(due, System.nanoTime() - TimeUnit.SECONDS.toNanos(1))
                        + (long) (1e9 / perSecond * (0.5 + random.nextDouble()));
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
            }
        }
    }

    /** Returns false when the connection must not be used any more. */
    private boolean transaction(Connection connection) throws SQLException {
        int kind = plan.mixed ? random.nextInt(1_000) : 999;
        boolean rollBack = kind < 100;
        boolean slow = kind >= 95 && kind < 105;
        int count = kind >= 105 && kind < 110 ? MANY : 1 + random.nextInt(5);
        int size = kind >= 110 && kind < 115 ? LARGE : random.nextInt(400);
        long number = TRANSACTIONS.incrementAndGet();
        List<Entry> entries = new ArrayList<>();
        try {
            mark(connection, number);
            write(connection, entries, count, size);
            if (slow) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300 + random.nextInt(1_200)));
            }
            if (rollBack) {
                connection.rollback();
                journal.rolledBack(entries);
                return true;
            }
        } catch (SQLException | OutboxException e) {
            // Nobody has asked for a commit: whatever happened, there is none.
            journal.rolledBack(entries);
            return false;
        }
        try {
            connection.commit();
        } catch (SQLException e) {
            journal.unknown(number, entries);
            takeNewKeys();
            return false;
        }
        journal.committed(entries);
        return true;
    }

    private static void mark(Connection connection, long number) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(MARK)) {
            statement.setLong(1, number);
            statement.executeUpdate();
        }
    }

    private void write(Connection connection, List<Entry> entries, int count, int size) throws SQLException {
        int namespace = random.nextInt(plan.namespaces.size());
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] some = keys.get(namespace);
            Entry entry = journal.next(some[random.nextInt(some.length)]);
            entries.add(entry);
            boolean refused = random.nextDouble() < refusedShare;
            if (refused) {
                journal.willBeRefused(entry);
            }
            byte[] payload = new Payload(entry, System.nanoTime()).bytes(refused ? REFUSED : size);
            messages.add(Message.of("key-" + entry.key(), payload));
        }
        if (plan.style == Style.JAVA) {
            outbox.inNamespace(plan.namespaces.get(namespace)).publish(connection, messages);
        } else {
            insert(connection, plan.namespaces.get(namespace), messages);
        }
    }

    /** Some with an id of their own, others without. */
    private void insert(Connection connection, String namespace, List<Message> messages) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (Message message : messages) {
                statement.setString(1, namespace);
                statement.setBytes(2, message.key());
                statement.setBytes(3, message.payload());
                statement.setString(4, random.nextBoolean() ? null : "own-" + Long.toHexString(random.nextLong()));
                statement.executeUpdate();
            }
        }
    }
}
