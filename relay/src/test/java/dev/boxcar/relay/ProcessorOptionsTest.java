package dev.boxcar.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.MessageLimits;
import dev.boxcar.OutboxSettings;
import dev.boxcar.RetryPolicy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ProcessorOptionsTest {

    /** An option, a value that is not its default, and where it must turn up. */
    private record Row(
            String option, String value, String component, Function<OutboxSettings, Object> where, Object expected) {
        @Override
        public String toString() {
            return option + " " + value;
        }
    }

    private static Row row(
            String option, String value, String component, Function<OutboxSettings, Object> where, Object expected) {
        return new Row(option, value, component, where, expected);
    }

    static List<Row> rows() {
        return List.of(
                row(
                        "--process-interval",
                        "3s",
                        "processInterval",
                        OutboxSettings::processInterval,
                        Duration.ofSeconds(3)),
                row(
                        "--min-poll-interval",
                        "33ms",
                        "minPollInterval",
                        OutboxSettings::minPollInterval,
                        Duration.ofMillis(33)),
                row("--claim-duration", "9s", "claimDuration", OutboxSettings::claimDuration, Duration.ofSeconds(9)),
                row(
                        "--publish-timeout",
                        "700ms",
                        "publishTimeout",
                        OutboxSettings::publishTimeout,
                        Duration.ofMillis(700)),
                row("--batch-size", "77", "batchSize", OutboxSettings::batchSize, 77),
                row("--max-concurrent-calls", "7", "maxConcurrentCalls", OutboxSettings::maxConcurrentCalls, 7),
                row("--read-size", "555", "readSize", OutboxSettings::readSize, 555),
                row("--max-in-flight-entries", "4444", "maxInFlightEntries", OutboxSettings::maxInFlightEntries, 4444),
                row("--max-in-flight-bytes", "32MiB", "maxInFlightBytes", OutboxSettings::maxInFlightBytes, 32L << 20),
                row("--settle-delay", "9ms", "settleDelay", OutboxSettings::settleDelay, Duration.ofMillis(9)),
                row("--max-attempts", "3", "maxAttempts", s -> s.retryPolicy().maxAttempts(), 3),
                row(
                        "--first-retry-delay",
                        "1s",
                        "firstDelay",
                        s -> s.retryPolicy().firstDelay(),
                        Duration.ofSeconds(1)),
                row("--max-retry-delay", "2m", "maxDelay", s -> s.retryPolicy().maxDelay(), Duration.ofMinutes(2)),
                row(
                        "--retry-multiplier",
                        "3.5",
                        "multiplier",
                        s -> s.retryPolicy().multiplier(),
                        3.5),
                row("--retry-jitter", "0.5", "jitter", s -> s.retryPolicy().jitter(), 0.5),
                row(
                        "--after-last-attempt",
                        "hold-key",
                        "afterLastAttempt",
                        s -> s.retryPolicy().afterLastAttempt(),
                        RetryPolicy.AfterLastAttempt.HOLD_KEY),
                row(
                        "--max-payload-bytes",
                        "1MiB",
                        "maxPayloadBytes",
                        s -> s.messageLimits().maxPayloadBytes(),
                        1 << 20));
    }

    @Command
    private static final class Holder {
        @Mixin
        private final ProcessorOptions options = new ProcessorOptions();
    }

    private static OutboxSettings parse(Map<String, String> environment, String... args) {
        Holder holder = new Holder();
        new CommandLine(holder)
                .registerConverter(Duration.class, new Units.DurationConverter())
                .setDefaultValueProvider(new SettingOptions.FromEnvironment(environment))
                .parseArgs(args);
        return holder.options.settings();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void anOptionReachesItsSetting(Row row) {
        assertThat(row.where.apply(parse(Map.of()))).isNotEqualTo(row.expected);
        assertThat(row.where.apply(parse(Map.of(), row.option, row.value))).isEqualTo(row.expected);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void anEnvironmentVariableReachesItsSettingAndTheCommandLineWins(Row row) {
        String variable = "BOXCAR_" + row.option.substring(2).replace('-', '_').toUpperCase(java.util.Locale.ROOT);
        assertThat(row.where.apply(parse(Map.of(variable, row.value)))).isEqualTo(row.expected);
        assertThat(row.where.apply(parse(Map.of(variable, "nonsense"), row.option, row.value)))
                .isEqualTo(row.expected);
    }

    @Test
    void everySettingHasAnOptionAndEveryOptionARow() {
        List<String> components = Stream.of(OutboxSettings.class, RetryPolicy.class)
                .flatMap(type -> Arrays.stream(type.getRecordComponents()))
                .map(component -> component.getName())
                .filter(name -> !List.of("retryPolicy", "messageLimits").contains(name))
                .toList();
        assertThat(rows().stream().map(Row::component)).containsAll(components);

        List<String> options = new CommandLine(new Holder())
                .getCommandSpec().options().stream()
                        .map(option -> option.longestName())
                        .filter(name -> !name.equals("--processor-id"))
                        .toList();
        assertThat(rows().stream().map(Row::option)).containsExactlyInAnyOrderElementsOf(options);
    }

    @Test
    void theDefaultsAreTheLibrarysButForASeparateProcess() {
        OutboxSettings library = OutboxSettings.defaults();
        assertThat(parse(Map.of()))
                .isEqualTo(OutboxSettings.builder()
                        .processInterval(Duration.ofMillis(500)) // nobody wakes a relay
                        .build());
        assertThat(library.messageLimits()).isEqualTo(MessageLimits.DEFAULT);
    }
}
