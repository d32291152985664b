package dev.boxcar.jdbc;

import dev.boxcar.spi.WakeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one connection that listens, and wakes a processor for what it hears. Logs each change between hearing and not. */
final class ListeningThread implements WakeSource.Listening {

    private static final Logger log = LoggerFactory.getLogger(PostgresListener.class);

    /** After so much silence it asks whether there is somebody at the other end. */
    private static final int SILENCE_MILLIS = 30_000;

    private static final int ANSWER_SECONDS = 5;
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final long CLOSE_MILLIS = 5_000;

    private final String processorId;
    private final TableNames names;
    private final PostgresListener.Connector connector;
    private final Runnable wake;
    private final Thread thread;
    /** Guards the two fields below. */
    private final Object state = new Object();

    private boolean closed;
    private @Nullable Connection current;
    // Of the thread alone.
    private boolean deaf;
    private long pause = FIRST_PAUSE_MILLIS;

    ListeningThread(String processorId, TableNames names, PostgresListener.Connector connector, Runnable wake) {
        this.processorId = processorId;
        this.names = names;
        this.connector = connector;
        this.wake = wake;
        this.thread = new Thread(this::run, "boxcar-" + processorId + "-listener");
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!isClosed()) {
            long start = System.nanoTime();
            try (Connection connection = connector.connect()) {
                if (adopt(connection)) {
                    listen(connection);
                }
            } catch (SQLException | RuntimeException e) {
                failed(e);
            } finally {
                abandon();
            }
            if (System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(LONGEST_PAUSE_MILLIS)) {
                pause = FIRST_PAUSE_MILLIS; // it was well for a while
            }
            rest();
        }
    }

    /** Returns when closed. */
    private void listen(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.setAutoCommit(true); // within a transaction nothing is heard
        }
        NotifyTrigger trigger = NotifyTrigger.find(connection, names);
        if (trigger == null) {
            throw new SQLException("the table " + names + " is missing");
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen \"" + trigger.channel() + "\"");
        }
        heard(trigger);
        while (!isClosed()) {
            if (PostgresNotifications.await(connection, SILENCE_MILLIS)) {
                wake.run();
            } else if (!isClosed() && !connection.isValid(ANSWER_SECONDS)) {
                throw new SQLException("the server no longer answers");
            }
        }
    }

    private void heard(NotifyTrigger trigger) {
        if (!trigger.present()) {
            log.warn(
                    "processor {}: listens for new entries, but nobody notifies: create the trigger on {} with: boxcar schema "
                            + "apply --notify; until then it only polls",
                    processorId,
                    names);
        } else if (deaf) {
            log.info("processor {}: listens for new entries again", processorId);
        } else {
            log.info("processor {}: listens for new entries", processorId);
        }
        deaf = false;
        wake.run(); // for what was committed while nobody listened
    }

    private void failed(Exception e) {
        if (deaf || isClosed()) {
            return;
        }
        deaf = true;
        log.warn(
                "processor {}: no longer listens for new entries, it only polls; connecting again until it can: {}",
                processorId,
                e instanceof SQLException sql
                        ? sql.getMessage() + " (SQLState " + sql.getSQLState() + ")"
                        : e.toString());
    }

    /** A little at random, so that many processors do not come back at once. */
    private void rest() {
        long end = System.nanoTime()
                + TimeUnit.MILLISECONDS.toNanos(
                        pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1));
        pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
        synchronized (state) {
            try {
                for (long left = end - System.nanoTime(); !closed && left > 0; left = end - System.nanoTime()) {
                    TimeUnit.NANOSECONDS.timedWait(state, left);
                }
            } catch (InterruptedException e) {
                closed = true; // nobody but a shutdown of everything interrupts it
            }
        }
    }

    private boolean isClosed() {
        synchronized (state) {
            return closed;
        }
    }

    private boolean adopt(Connection connection) {
        synchronized (state) {
            current = connection;
            return !closed;
        }
    }

    private void abandon() {
        synchronized (state) {
            current = null;
        }
    }

    /** Cuts the connection: only that ends a wait for notifications. What is left of it, a pool throws away. */
    @Override
    public void close() {
        Connection waiting;
        synchronized (state) {
            closed = true;
            state.notifyAll();
            waiting = current;
        }
        try {
            if (waiting != null) {
                waiting.abort(Runnable::run);
            }
        } catch (SQLException e) {
            log.debug("processor {}: the listening connection could not be cut", processorId, e);
        }
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
