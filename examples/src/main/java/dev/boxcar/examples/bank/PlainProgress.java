package dev.boxcar.examples.bank;

import java.io.PrintStream;
import java.time.Duration;

/** Lines, for logs and pipes: one every two seconds, and one for each event. */
final class PlainProgress implements Progress {

    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final PrintStream out;
    private Duration next = Duration.ZERO;

    PlainProgress(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void event(String text) {
        out.println("        * " + text);
    }

    @Override
    public synchronized void update(Snapshot snapshot) {
        if (snapshot.elapsed().compareTo(next) >= 0) {
            out.println(snapshot.line());
            next = snapshot.elapsed().plus(INTERVAL);
        }
    }

    @Override
    public void end() {}
}
