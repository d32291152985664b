package dev.boxcar.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Address;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import com.rabbitmq.client.SocketConfigurator;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One connection, and the channel on it that publishes. It never recovers: when it has died, another one takes its place, and
 * whoever published decides what to publish again.
 *
 * <p>One thread publishes; everything else is safe for use by several threads.
 */
final class Link {

    /** A server that was killed takes connections before it has all of its queues back, and returns what is for the others. */
    private static final long STARTING_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Makes links. Safe for use by several threads. */
    static final class Connector {
        private final ConnectionFactory settings;
        private final List<Address> addresses;
        private final String name;
        private final int most;
        private final AtomicReference<@Nullable Socket> socket = new AtomicReference<>();

        /**
         * For these settings.
         *
         * @param settings not to be changed any more
         * @param addresses of a cluster; may be empty
         * @param most how many messages may be unconfirmed
         */
        Connector(ConnectionFactory settings, List<Address> addresses, String name, int most) {
            this.settings = settings;
            this.addresses = addresses;
            this.name = name;
            this.most = most;
            SocketConfigurator theirs = settings.getSocketConfigurator();
            settings.setSocketConfigurator(opened -> {
                if (theirs != null) {
                    theirs.configure(opened);
                }
                socket.set(opened);
            });
        }

        /**
         * A new link.
         *
         * @param again whether it takes the place of one that has died
         */
        Link connect(int careful, boolean again) throws IOException, TimeoutException {
            socket.set(null);
            Connection connection =
                    addresses.isEmpty() ? settings.newConnection(name) : settings.newConnection(addresses, name);
            long startedBy = System.nanoTime() + (again ? STARTING_NANOS : 0);
            Link link = new Link(connection, socket.get(), most, startedBy);
            try {
                link.openChannel(careful);
            } catch (IOException | RuntimeException e) {
                link.kill();
                throw e;
            }
            return link;
        }

        /** Gives up what is being connected. */
        void abort() {
            Link.close(socket.get());
        }
    }

    private final Connection connection;
    private final @Nullable Socket socket;
    private final int most;
    private final long startedBy;
    private @Nullable Channel channel;
    private volatile Unconfirmed unconfirmed = new Unconfirmed(0, 0, 0);
    private volatile @Nullable String blocked;

    private Link(Connection connection, @Nullable Socket socket, int most, long startedBy) {
        this.startedBy = startedBy;
        this.connection = connection;
        this.socket = socket;
        this.most = most;
        connection.addBlockedListener(reason -> blocked = reason, () -> blocked = null);
    }

    /** Opens a channel in place of one that has died. */
    void openChannel(int careful) throws IOException {
        Channel opened = connection.createChannel();
        if (opened == null) {
            throw new IOException("RabbitMQ allows no channel on this connection");
        }
        Unconfirmed fresh = new Unconfirmed(most, careful, startedBy);
        opened.confirmSelect();
        opened.addConfirmListener(fresh::acknowledged, fresh::refused);
        opened.addReturnListener(fresh::returned);
        opened.addShutdownListener(fresh::end);
        channel = opened;
        unconfirmed = fresh;
    }

    /** What the present channel has published. */
    Unconfirmed unconfirmed() {
        return unconfirmed;
    }

    boolean isOpen() {
        return connection.isOpen();
    }

    /** Why RabbitMQ takes nothing from publishers at present, or null. */
    @Nullable
    String blocked() {
        return blocked;
    }

    /**
     * Publishes.
     *
     * @throws IllegalArgumentException when the protocol cannot hold the message; nothing has been written then
     * @throws ShutdownSignalException when the channel has died
     */
    void publish(RabbitMqRoute route, BasicProperties properties, byte[] body) throws IOException {
        Channel current = channel;
        if (current == null) {
            throw new IOException("there is no channel");
        }
        current.basicPublish(route.exchange(), route.routingKey(), true, properties, body);
    }

    /** Ends the connection at once, with a thread that is still writing: nothing that waits in this machine leaves any more. */
    void kill() {
        if (socket == null) { // the application's factory makes connections in a way of its own
            connection.abort(1);
        } else {
            close(socket);
        }
    }

    /** Ends the connection in order, if RabbitMQ answers. */
    void close(int millis) {
        try {
            connection.close(millis);
        } catch (IOException | ShutdownSignalException e) {
            kill();
        }
    }

    private static void close(@Nullable Socket socket) {
        if (socket != null) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // Then it is closed.
                return;
            }
        }
    }
}
