package dev.boxcar.relay;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The {@code boxcar} command line. Ends the virtual machine with an exit code: 0 done, 1 failed, 2 wrong usage, 3 the outbox's
 * tables are missing or of another version; after a signal 128 + its number.
 */
public final class Main {

    private Main() {}

    /** Runs one command; {@code --help} tells which. */
    public static void main(String[] args) {
        Io io = new Io(
                System.in,
                // JSON is UTF-8 whatever the locale.
                new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8),
                System.err,
                System.getenv(),
                new Redaction());
        int exitCode = CommandLines.create(io).execute(args);
        io.out().flush();
        System.exit(exitCode);
    }
}
