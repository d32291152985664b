package dev.boxcar.examples.support;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line that a relay writes with {@code --events}.
 *
 * @param relay the relay's id
 * @param name what happened
 * @param time when
 * @param partitions of how many partitions it speaks, or 0
 * @param takenOver how many of them had an owner that died, or 0
 */
public record RelayEvent(String relay, String name, Instant time, int partitions, int takenOver) {

    /** Reads a line; empty when it is none of these. */
    public static Optional<RelayEvent> parse(String line) {
        if (!line.startsWith("{")) {
            return Optional.empty();
        }
        return text(line, "event")
                .flatMap(name -> text(line, "time")
                        .map(time -> new RelayEvent(
                                text(line, "processor").orElse(""),
                                name,
                                Instant.parse(time),
                                number(line, "partitions"),
                                number(line, "takenOver"))));
    }

    private static Optional<String> text(String line, String field) {
        Matcher matcher = Pattern.compile("\"" + field + "\":\"([^\"]*)\"").matcher(line);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static int number(String line, String field) {
        Matcher matcher = Pattern.compile("\"" + field + "\":(\\d{1,9})").matcher(line);
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }
}
