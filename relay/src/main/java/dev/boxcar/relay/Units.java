package dev.boxcar.relay;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How people write times and sizes. */
final class Units {

    /** So few digits that no time overflows. */
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,12})\\s*([a-zA-Z]*)");

    private Units() {}

    /** {@code 250ms}, {@code 2s}, {@code 5m}, {@code 1h}. A bare number is refused: nobody agrees on its unit. */
    static Duration duration(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.trim());
        long unit = !matcher.matches()
                ? 0
                : switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
                    case "ms" -> 1;
                    case "s" -> 1_000;
                    case "m", "min" -> 60_000;
                    case "h" -> 3_600_000;
                    default -> 0;
                };
        if (unit == 0) {
            throw new IllegalArgumentException("'" + text + "' is not a time such as 250ms, 2s, 5m or 1h");
        }
        return Duration.ofMillis(Long.parseLong(matcher.group(1)) * unit);
    }

    /** {@code 1000}, {@code 512KiB}, {@code 64MiB}, {@code 1GiB}, in bytes; {@code k}, {@code m} and {@code g} for short. */
    static long bytes(String text) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.trim());
        long unit = !matcher.matches()
                ? 0
                : switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
                    case "", "b" -> 1;
                    case "k", "kib" -> 1 << 10;
                    case "m", "mib" -> 1 << 20;
                    case "g", "gib" -> 1 << 30;
                    default -> 0;
                };
        long number = unit == 0 ? 0 : Long.parseLong(matcher.group(1));
        if (unit == 0 || number > Long.MAX_VALUE / unit) {
            throw new IllegalArgumentException("'" + text + "' is not a size such as 512KiB or 64MiB");
        }
        return number * unit;
    }

    /** A time for people: {@code 340 ms}, {@code 2.5 s}, {@code 4 min 10 s}, {@code 3 h 5 min}. */
    static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
        }
        if (millis < 3_600_000) {
            return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        }
        return duration.toHours() + " h " + duration.toMinutesPart() + " min";
    }

    /** For the command line. */
    static final class DurationConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                return duration(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    /** For the command line. */
    static final class BytesConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            try {
                return bytes(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
