package dev.boxcar.relay;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a relay tells other programs about itself. */
final class EventOptions implements SettingOptions {

    private static final String STANDARD_OUTPUT = "-";

    @Option(
            names = "--events",
            paramLabel = "FILE",
            description =
                    "Append what happens to this file, as JSON lines: claims taken and lost, messages published each "
                            + "second, failures. '-' is standard output, when that is not the destination.")
    @Nullable
    String file;

    @Override
    public String heading() {
        return "Output";
    }

    /** @throws IllegalArgumentException when standard output would have to carry two things */
    void check(boolean outputTaken) {
        if (STANDARD_OUTPUT.equals(file) && outputTaken) {
            throw new IllegalArgumentException(
                    "--events - and --stdout-publisher would mix on standard output; " + "give --events a file");
        }
    }

    /** The event log, or null when nobody wants one. */
    @Nullable
    EventLog open(Io io) {
        String theFile = file;
        if (theFile == null) {
            return null;
        }
        if (theFile.equals(STANDARD_OUTPUT)) {
            return new EventLog(io.out(), false);
        }
        try {
            return new EventLog(
                    new PrintStream(
                            Files.newOutputStream(
                                    Path.of(theFile), StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                            false,
                            StandardCharsets.UTF_8),
                    true);
        } catch (IOException e) {
            throw new CommandFailure("--events " + theFile + " cannot be written", e);
        }
    }
}
