package dev.boxcar.testservers;

import java.nio.file.Path;

/**
 * A server in a process of its own.
 *
 * <p>Safe for use by several threads. A server that was not started here (see the settings of each kind) cannot be stopped,
 * killed, paused or restarted: these methods then throw {@link UnsupportedOperationException}. To kill, pause or resume a
 * server that is not running is a mistake in the test: {@link IllegalStateException}.
 */
public interface TestServer extends AutoCloseable {

    /** The product and its version, for example {@code PostgreSQL 18.6}. */
    String name();

    /** The port on 127.0.0.1; it stays the same when the server restarts. */
    int port();

    /** The main process. */
    long pid();

    /** Whether the main process exists; a paused server is running. */
    boolean isRunning();

    /** Shuts the server down in order and waits until it has gone; its data stays. Does nothing if it is not running. */
    void stop();

    /** Ends the server and its child processes at once, as {@code kill -9} does; its data stays. */
    void kill();

    /** Freezes the server and its child processes: connections stay open, and nothing answers. */
    void pause();

    /** Lets a paused server go on. */
    void resume();

    /** Starts the server with the data and the port that it had, after stopping it if it is running. */
    void restart();

    /** The folder of this server, with its data and its log. */
    Path directory();

    /** What the server has written to its log. */
    Path logFile();

    /** Ends the server and deletes its folder. A server that was not started here is left alone. */
    @Override
    void close();
}
