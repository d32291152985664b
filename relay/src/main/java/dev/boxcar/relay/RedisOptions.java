package dev.boxcar.relay;

import dev.boxcar.redis.RedisPublisher;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Redis Streams as the destination. */
final class RedisOptions implements TargetOptions {

    @Option(
            names = "--redis",
            paramLabel = "URI",
            description =
                    "Publish to Redis Streams: redis://user:password@host:6379/0 or rediss://. A message's namespace is its stream. A "
                            + "password is better set by the environment variable.")
    @Nullable
    String address;

    @Override
    public String option() {
        return "--redis";
    }

    @Override
    public String title() {
        return "Redis Streams";
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
        RedisPublisher.Builder builder = RedisPublisher.builder(Objects.requireNonNull(address, "--redis"))
                .publishTimeout(common.publishTimeout());
        common.topic(builder::defaultStream);
        RedisPublisher publisher = builder.build();
        return new Opened(publisher, publisher::close);
    }
}
