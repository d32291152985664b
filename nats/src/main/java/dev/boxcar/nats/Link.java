package dev.boxcar.nats;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;

/**
 * One connection, which never reconnects: when it has ended, another one takes its place, and whoever published decides what to
 * publish again. Safe for use by several threads.
 */
final class Link {

    private final Connection connection;
    private final Semaphore room;
    private volatile long lastSign = System.nanoTime();

    private Link(Connection connection, int most) {
        this.connection = connection;
        this.room = new Semaphore(most);
    }

    /**
     * Connects.
     *
     * @param most how many messages may be unacknowledged
     */
    static Link connect(Options settings, int most) throws IOException, InterruptedException {
        return new Link(Nats.connect(new Options.Builder(settings).build()), most);
    }

    Connection connection() {
        return connection;
    }

    /** One permit for each message that may still be sent. */
    Semaphore room() {
        return room;
    }

    boolean isOpen() {
        return connection.getStatus() == Connection.Status.CONNECTED;
    }

    void answered() {
        lastSign = System.nanoTime();
    }

    boolean aliveSince(long time) {
        return isOpen() && lastSign - time > 0;
    }

    /** Ends the connection; on a thread of its own, since that may take seconds when NATS does not answer. */
    void kill(ThreadFactory threads) {
        threads.newThread(this::close).start();
    }

    void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
