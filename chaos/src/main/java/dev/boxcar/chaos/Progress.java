package dev.boxcar.chaos;

import dev.boxcar.examples.support.Terminals;
import java.io.PrintStream;
import java.util.Locale;

/** What is happening: a line for each event, and one that tells how it stands, which on a terminal stays in its place. */
final class Progress {

    private static final String ERASE = "\r\u001b[K";

    private final PrintStream out;
    private final boolean live;
    private final long start = System.nanoTime();

    Progress(PrintStream out) {
        this.out = out;
        this.live = Terminals.isInteractive();
    }

    double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    synchronized void event(String format, Object... values) {
        out.printf(
                Locale.ROOT,
                "%s%7.1f s  %s%n",
                live ? ERASE : "",
                seconds(),
                String.format(Locale.ROOT, format, values));
    }

    synchronized void standing(String format, Object... values) {
        String line = String.format(Locale.ROOT, "%7.1f s  ", seconds()) + String.format(Locale.ROOT, format, values);
        if (live) {
            out.print(ERASE + line);
            out.flush();
        } else {
            out.println(line);
        }
    }
}
