package dev.boxcar.testservers;

import java.nio.file.Path;

/** Leaves starting and ending to a server of this JVM, or to one that was there before. */
abstract class ForwardingServer implements TestServer {

    private final TestServer control;

    ForwardingServer(TestServer control) {
        this.control = control;
    }

    @Override
    public final String name() {
        return control.name();
    }

    @Override
    public final int port() {
        return control.port();
    }

    @Override
    public final long pid() {
        return control.pid();
    }

    @Override
    public final boolean isRunning() {
        return control.isRunning();
    }

    @Override
    public final void stop() {
        control.stop();
    }

    @Override
    public final void kill() {
        control.kill();
    }

    @Override
    public final void pause() {
        control.pause();
    }

    @Override
    public final void resume() {
        control.resume();
    }

    @Override
    public final void restart() {
        control.restart();
    }

    @Override
    public final Path directory() {
        return control.directory();
    }

    @Override
    public final Path logFile() {
        return control.logFile();
    }

    @Override
    public void close() {
        control.close();
    }

    @Override
    public final String toString() {
        return name() + " on port " + port();
    }
}
