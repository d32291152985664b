package dev.boxcar.relay;

import dev.boxcar.http.HttpPublisher;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A webhook as the destination. */
final class WebhookOptions implements TargetOptions {

    @Option(
            names = "--webhook",
            paramLabel = "URL",
            description = "Post each message to this address, whatever its namespace.")
    @Nullable
    String address;

    @Option(
            names = "--webhook-secret",
            paramLabel = "TEXT",
            description =
                    "Sign the requests as the specification Standard Webhooks says; 16 bytes at least, better set by the environment variable.")
    @Nullable
    String secret;

    @Override
    public String option() {
        return "--webhook";
    }

    @Override
    public String title() {
        return "the webhook";
    }

    @Override
    public boolean isChosen() {
        return address != null;
    }

    @Override
    public Map<String, @Nullable String> details() {
        return Collections.singletonMap("--webhook-secret", secret);
    }

    @Override
    public Opened open(Common common) {
        HttpPublisher.Builder builder = HttpPublisher.builder(Objects.requireNonNull(address, "--webhook"))
                .publishTimeout(common.publishTimeout());
        TargetOptions.ifSet(secret, text -> builder.signedWith(text.getBytes(StandardCharsets.UTF_8)));
        common.events(builder::cloudEvents);
        HttpPublisher publisher = builder.build();
        return new Opened(publisher, publisher::close);
    }
}
