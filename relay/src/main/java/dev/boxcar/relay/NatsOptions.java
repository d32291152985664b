package dev.boxcar.relay;

import dev.boxcar.nats.NatsPublisher;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** NATS JetStream as the destination. */
final class NatsOptions implements TargetOptions {

    @Option(
            names = "--nats",
            paramLabel = "URL",
            description =
                    "Publish to NATS JetStream: nats://user:password@host:4222 or tls://, several separated by commas. A message's "
                            + "namespace is its subject. A password is better set by the environment variable.")
    @Nullable
    String address;

    @Override
    public String option() {
        return "--nats";
    }

    @Override
    public String title() {
        return "NATS JetStream";
    }

    @Override
    public boolean isChosen() {
        return address != null;
    }

    @Override
    public Map<String, @Nullable String> details() {
        return Map.of();
    }

    @Override
    public Opened open(Common common) {
        NatsPublisher.Builder builder = NatsPublisher.builder(Objects.requireNonNull(address, "--nats"))
                .publishTimeout(common.publishTimeout());
        common.topic(builder::defaultSubject);
        common.events(builder::cloudEvents);
        NatsPublisher publisher = builder.build();
        return new Opened(publisher, publisher::close);
    }
}
