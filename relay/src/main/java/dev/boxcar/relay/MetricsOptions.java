package dev.boxcar.relay;

import dev.boxcar.micrometer.OutboxMetrics;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether the relay tells Prometheus how it is doing, and where. */
final class MetricsOptions implements SettingOptions {

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description =
                    "Serve metrics for Prometheus over HTTP at this port, under /metrics; 0 takes a free one and logs "
                            + "it. Nobody is asked who he is: mind --metrics-address. Default: none are served.")
    @Nullable
    Integer port;

    @Option(
            names = "--metrics-address",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "The address that the metrics' port is bound to; 0.0.0.0 for all of this machine.")
    String address = "127.0.0.1";

    @Option(
            names = "--metrics-name",
            paramLabel = "NAME",
            defaultValue = OutboxMetrics.DEFAULT_NAME,
            description = "The value of the metrics' label 'outbox', which tells several outboxes apart.")
    String name = OutboxMetrics.DEFAULT_NAME;

    @Option(
            names = "--metrics-interval",
            paramLabel = "TIME",
            defaultValue = "15s",
            description = "How often the table is looked at for metrics, whoever asks for them how often.")
    Duration interval = OutboxMetrics.DEFAULT_REFRESH_INTERVAL;

    @Override
    public String heading() {
        return "Metrics";
    }

    boolean wanted() {
        return port != null;
    }

    /** @throws IllegalArgumentException when a value makes no sense */
    void check() {
        Integer thePort = port;
        if (thePort != null && (thePort < 0 || thePort > 65_535)) {
            throw new IllegalArgumentException("--metrics-port (" + thePort + ") must be from 0 to 65535");
        }
        if (name.isBlank()) {
            throw new IllegalArgumentException("--metrics-name must not be blank");
        }
        if (interval.compareTo(Duration.ofSeconds(1)) < 0 || interval.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException(
                    "--metrics-interval (" + interval.toMillis() + " ms) must be from 1s to 1h");
        }
    }

    /**
     * The served metrics, or null when nobody wants them.
     *
     * @throws CommandFailure when the port is taken, or the address is not this machine's
     */
    @Nullable
    MetricsServer open() {
        Integer thePort = port;
        return thePort == null ? null : MetricsServer.open(address, thePort, name, interval);
    }
}
