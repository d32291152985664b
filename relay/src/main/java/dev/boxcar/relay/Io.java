package dev.boxcar.relay;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * What a command sees of the world: data goes to {@code out}, words for people to {@code err}.
 *
 * @param in standard input
 * @param out standard output, in UTF-8
 * @param err standard error
 * @param environment the environment variables
 * @param redaction what must not be printed
 */
record Io(InputStream in, PrintStream out, PrintStream err, Map<String, String> environment, Redaction redaction) {

    /** Prints a line for people, without secrets. */
    void say(String line) {
        err.println(redaction.apply(line));
    }
}
