package dev.boxcar.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;

/** The build runs these tests with the oldest and with the newest client; here is the proof that it does. */
class ClientVersionTest {

    @Test
    void testsRunWithTheClientThatTheBuildMeans() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = KafkaProducer.class.getResourceAsStream("/kafka/kafka-version.properties")) {
            assertThat(in).isNotNull();
            properties.load(in);
        }

        assertThat(properties).containsEntry("version", System.getProperty("boxcar.test.kafka-clients"));
    }
}
