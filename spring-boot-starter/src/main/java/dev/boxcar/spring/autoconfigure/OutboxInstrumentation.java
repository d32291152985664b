package dev.boxcar.spring.autoconfigure;

import dev.boxcar.OutboxWriter;
import dev.boxcar.Publisher;
import java.sql.Connection;
import java.util.Map;

/** What stands around writing and sending, so that traces pass through the outbox. */
interface OutboxInstrumentation {

    /** Of an application that has none. */
    OutboxInstrumentation NONE = new OutboxInstrumentation() {
        @Override
        public OutboxWriter<Connection> writer(OutboxWriter<Connection> writer) {
            return writer;
        }

        @Override
        public Publisher publisher(Publisher publisher, String system) {
            return publisher;
        }
    };

    OutboxWriter<Connection> writer(OutboxWriter<Connection> writer);

    Publisher publisher(Publisher publisher, String system);

    default Publisher publisher(Publisher publisher) {
        return publisher(publisher, system(publisher));
    }

    /** What OpenTelemetry's conventions call the product. */
    private static String system(Publisher publisher) {
        return Map.of(
                        "KafkaPublisher", "kafka",
                        "RabbitMqPublisher", "rabbitmq",
                        "NatsPublisher", "nats",
                        "RedisPublisher", "redis",
                        "JmsPublisher", "jms",
                        "SqsPublisher", "aws_sqs",
                        "HttpPublisher", "http")
                .getOrDefault(publisher.getClass().getSimpleName(), "other");
    }
}
