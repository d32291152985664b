package dev.boxcar.relay;

import dev.boxcar.rabbitmq.RabbitMqPublisher;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** RabbitMQ as the destination. */
final class RabbitMqOptions implements TargetOptions {

    @Option(
            names = "--rabbitmq",
            paramLabel = "URI",
            description =
                    "Publish to RabbitMQ: amqp://user:password@host:5672/vhost, or amqps://. A message's namespace is its queue, "
                            + "or its routing key with --rabbitmq-exchange. A password is better set by the environment variable.")
    @Nullable
    String address;

    @Option(
            names = "--rabbitmq-exchange",
            paramLabel = "NAME",
            description = "The exchange to publish to, instead of the default one.")
    @Nullable
    String exchange;

    @Override
    public String option() {
        return "--rabbitmq";
    }

    @Override
    public String title() {
        return "RabbitMQ";
    }

    @Override
    public boolean isChosen() {
        return address != null;
    }

    @Override
    public Map<String, @Nullable String> details() {
        return Collections.singletonMap("--rabbitmq-exchange", exchange);
    }

    @Override
    public Opened open(Common common) {
        RabbitMqPublisher.Builder builder = RabbitMqPublisher.builder(Objects.requireNonNull(address, "--rabbitmq"))
                .publishTimeout(common.publishTimeout());
        TargetOptions.ifSet(exchange, builder::exchange);
        common.topic(builder::defaultRoutingKey);
        common.events(builder::cloudEvents);
        RabbitMqPublisher publisher = builder.build();
        return new Opened(publisher, publisher::close);
    }
}
