package dev.boxcar.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands between clients and a server on 127.0.0.1, and does what networks do: resets connections, holds bytes up, is slow, or
 * swallows bytes as if the other end had vanished. Safe for use by several threads. Threads that block, two for each
 * connection: simple, and here there are few.
 */
final class TcpProxy implements AutoCloseable {

    /** Which way bytes go. */
    enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    private enum Traffic {
        PASS,
        STALL,
        SWALLOW
    }

    private static final int CHUNK = 16 * 1024;
    private static final int CONNECT_MILLIS = 3_000;

    private final ServerSocket listener;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Map<Direction, Traffic> traffic =
            new ConcurrentHashMap<>(Map.of(Direction.TO_SERVER, Traffic.PASS, Direction.TO_CLIENT, Traffic.PASS));
    private volatile int target;
    private volatile boolean refusing;
    private volatile int bytesPerSecond;
    private volatile int latencyMillis;

    /** Listens on a free port; connections are refused until it is told {@linkplain #forwardTo where to}. */
    TcpProxy(String name) {
        try {
            listener = new ServerSocket();
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException("no port for a proxy", e);
        }
        thread(this::accept, name);
    }

    int port() {
        return listener.getLocalPort();
    }

    void forwardTo(int port) {
        target = port;
    }

    /** Resets all connections, and new ones until it is healed. */
    void cut() {
        refusing = true;
        resetAll();
    }

    /** Resets all connections; new ones work. */
    void resetAll() {
        links.forEach(Link::reset);
    }

    /** Holds bytes of one direction up until it is healed; none gets lost. */
    void stall(Direction direction) {
        traffic.put(direction, Traffic.STALL);
    }

    /** Swallows bytes of one direction until it is healed, as when the other end has vanished without a word. */
    void swallow(Direction direction) {
        traffic.put(direction, Traffic.SWALLOW);
    }

    /** Narrow and far. */
    void slow(int newBytesPerSecond, int newLatencyMillis) {
        bytesPerSecond = newBytesPerSecond;
        latencyMillis = newLatencyMillis;
    }

    /** From now on all is well, except for connections that lack bytes: those are reset. */
    void heal() {
        refusing = false;
        bytesPerSecond = 0;
        latencyMillis = 0;
        traffic.replaceAll((direction, before) -> Traffic.PASS);
        links.stream().filter(link -> link.lacksBytes).forEach(Link::reset);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                if (refusing || target == 0) {
                    reset(client);
                } else {
                    thread(() -> connect(client), "proxy-connect");
                }
            } catch (IOException e) {
                // The client has gone, or this proxy was closed.
            }
        }
    }

    private void connect(Socket client) {
        Socket server = new Socket();
        try {
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Link link = new Link(client, server);
            links.add(link);
            if (refusing || listener.isClosed()) {
                link.reset();
                return;
            }
            thread(() -> link.pump(client, server, Direction.TO_SERVER), "proxy-to-server");
            thread(() -> link.pump(server, client, Direction.TO_CLIENT), "proxy-to-client");
        } catch (IOException e) {
            reset(client);
            reset(server);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        resetAll();
    }

    private static void thread(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0); // an abortive close: RST instead of FIN
        } catch (IOException e) {
            // It is closed already.
        }
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing can be done about it.
        }
    }

    /** One connection. */
    private final class Link {

        private final Socket client;
        private final Socket server;
        private volatile boolean lacksBytes;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pump(Socket from, Socket to, Direction direction) {
            byte[] buffer = new byte[CHUNK];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                    if (mayPass(direction)) {
                        delay(length);
                        out.write(buffer, 0, length);
                    } else {
                        lacksBytes = true;
                    }
                }
                end(from, to);
            } catch (IOException e) {
                reset();
            }
        }

        /** Waits while bytes are held up; false when they are swallowed. */
        private boolean mayPass(Direction direction) throws IOException {
            while (traffic.get(direction) == Traffic.STALL) {
                if (client.isClosed()) {
                    throw new IOException("closed");
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
            // What follows a gap makes no sense to anybody.
            return traffic.get(direction) == Traffic.PASS && !lacksBytes;
        }

        private void delay(int length) {
            long millis = latencyMillis + (bytesPerSecond == 0 ? 0 : length * 1_000L / bytesPerSecond);
            if (millis > 0) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
            }
        }

        private void end(Socket from, Socket to) throws IOException {
            if (traffic.containsValue(Traffic.SWALLOW)) {
                lacksBytes = true; // the other end must not learn of it
                from.close();
                return;
            }
            to.close();
            from.close();
            links.remove(this);
        }

        void reset() {
            TcpProxy.reset(client);
            TcpProxy.reset(server);
            links.remove(this);
        }
    }
}
