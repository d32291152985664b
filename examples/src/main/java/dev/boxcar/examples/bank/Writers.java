package dev.boxcar.examples.bank;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Threads that move money until they are stopped. Of a thousand transfers, 80 roll back after they published, 3 are slow and
 * keep their locks while others commit, and 12 pay salaries to up to 200 accounts.
 */
final class Writers implements AutoCloseable {

    private static final int PAYROLL_SIZE = 200;
    private static final int COMPANY = 1;

    private static final String DELETE_FROM_OUTBOX = """
            delete from boxcar_outbox where message_id = ?""";

    private final DataSource database;
    private final Bank bank;
    private final Ledger ledger;
    private final DemoSettings settings;
    private final Sabotage sabotage;
    private final AtomicLong transfers = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();

    Writers(DataSource database, Bank bank, Ledger ledger, DemoSettings settings, Sabotage sabotage) {
        this.database = database;
        this.bank = bank;
        this.ledger = ledger;
        this.settings = settings;
        this.sabotage = sabotage;
    }

    /** Writes the first messages, so that whoever carries them has met its servers before the clock runs. */
    void warmUp() throws SQLException {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            commit(connection, bank.move(connection, "t0", payroll(new Random(0))));
        }
    }

    void start() {
        for (int i = 1; i <= settings.writers(); i++) {
            int number = i;
            Thread thread = new Thread(() -> write(new Random(number)), "writer-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** How many transfers were begun. */
    long transfers() {
        return transfers.get();
    }

    /** Why a writer gave up, or null. */
    @Nullable
    Exception failure() {
        return failure.get();
    }

    private void write(Random random) {
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            while (stop.getCount() > 0) {
                long number = transfers.incrementAndGet();
                Integer limit = settings.transfers();
                if (limit != null && number > limit) {
                    return;
                }
                transfer(connection, "t" + number, random);
            }
        } catch (SQLException | RuntimeException e) {
            failure.compareAndSet(null, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void transfer(Connection connection, String id, Random random) throws SQLException, InterruptedException {
        int kind = random.nextInt(1_000);
        if (kind < 80) {
            rollBack(connection, id, random);
        } else if (kind < 83) {
            List<AccountEvent> events = bank.move(connection, id, twoAccounts(random));
            stop.await(100 + random.nextInt(400), TimeUnit.MILLISECONDS);
            commit(connection, events);
        } else if (kind < 95) {
            commit(connection, bank.move(connection, id, payroll(random)));
        } else {
            plain(connection, id, random);
        }
    }

    private void plain(Connection connection, String id, Random random) throws SQLException {
        SortedMap<Integer, Long> deltas = twoAccounts(random);
        if (sabotage.strikes(Sabotage.Mode.ORDER)) {
            List<AccountEvent> first = bank.change(connection, id + "a", deltas);
            List<AccountEvent> second = bank.change(connection, id + "b", deltas);
            bank.publish(connection, second);
            bank.publish(connection, first);
            ledger.committed(first);
            commit(connection, second);
            return;
        }
        List<AccountEvent> events = bank.move(connection, id, deltas);
        if (sabotage.strikes(Sabotage.Mode.LOSE)) {
            try (PreparedStatement delete = connection.prepareStatement(DELETE_FROM_OUTBOX)) {
                delete.setString(1, events.get(0).id());
                delete.executeUpdate();
            }
        }
        commit(connection, events);
    }

    private void rollBack(Connection connection, String id, Random random) throws SQLException {
        List<AccountEvent> events = bank.move(connection, id, twoAccounts(random));
        if (sabotage.strikes(Sabotage.Mode.GHOST)) {
            try (Connection other = database.getConnection()) {
                other.setAutoCommit(false);
                bank.publish(other, events);
                other.commit();
            }
        }
        connection.rollback();
        ledger.rolledBack(events);
    }

    private void commit(Connection connection, List<AccountEvent> events) throws SQLException {
        connection.commit();
        ledger.committed(events);
    }

    private SortedMap<Integer, Long> twoAccounts(Random random) {
        int from = 1 + random.nextInt(settings.accounts());
        int to = 1 + random.nextInt(settings.accounts() - 1);
        long amount = 1L + random.nextInt(100);
        SortedMap<Integer, Long> deltas = new TreeMap<>();
        deltas.put(from, -amount);
        deltas.put(to >= from ? to + 1 : to, amount);
        return deltas;
    }

    private SortedMap<Integer, Long> payroll(Random random) {
        int people = Math.min(PAYROLL_SIZE, settings.accounts() - 1);
        int first = COMPANY + 1 + random.nextInt(settings.accounts() - people);
        long salary = 1L + random.nextInt(10);
        SortedMap<Integer, Long> deltas = new TreeMap<>();
        deltas.put(COMPANY, -salary * people);
        for (int account = first; account < first + people; account++) {
            deltas.put(account, salary);
        }
        return deltas;
    }

    /** Stops and waits until the last transaction is finished. */
    @Override
    public void close() {
        stop.countDown();
        try {
            for (Thread thread : threads) {
                thread.join(10_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
