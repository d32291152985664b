package dev.boxcar.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProducerSettingsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    acks                                  | 1        | it must be all: an entry is deleted once it is acknowledged
                    acks                                  | 0        | it must be all
                    enable.idempotence                    | false    | it must be true: without it a retry
                    retries                               | 3        | it must be 2147483647: publishTimeout alone decides
                    max.in.flight.requests.per.connection | 5        | it must be 1: a broker that has not met the producer yet
                    delivery.timeout.ms                   | 120000   | it must be 600: it follows from publishTimeout
                    max.block.ms                          | 60000    | it must be 0: the publisher waits by itself
                    transactional.id                      | mine     | a fixed id would make processors fence each other
                    linger.ms                             | 301      | with publishTimeout 1000 ms it must be from 0 to 300
                    linger.ms                             | -1       | it must be from 0 to 300
                    request.timeout.ms                    | 30000    | with publishTimeout 1000 ms and linger.ms 0 it must be from 1 to 600
                    buffer.memory                         | 500000   | it must hold a batch (batch.size 65536) and a request (max.request.size 1048576)
                    key.serializer                        | MySerial | keys and payloads are bytes already
                    value.serializer                      | MySerial | keys and payloads are bytes already
                    """)
    void aSettingThatContradictsDeliveryOrOrderIsRefusedWithTheReason(String name, String value, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(name, value, SECOND))
                .withMessageStartingWith("the Kafka setting " + name)
                .withMessageContaining("is refused")
                .withMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "acks, all",
        "acks, -1",
        "enable.idempotence, true",
        "enable.idempotence, TRUE",
        "retries, 2147483647",
        "max.in.flight.requests.per.connection, 1",
        "delivery.timeout.ms, 600",
        "max.block.ms, 0",
        "linger.ms, 300",
        "request.timeout.ms, 100",
        "compression.type, zstd",
        "batch.size, 1000",
        "value.serializer, org.apache.kafka.common.serialization.ByteArraySerializer"
    })
    void aSettingThatFitsIsAccepted(String name, String value) {
        assertThat(settings(name, value, SECOND).all()).containsKey(name);
    }

    @Test
    void aSettingThatIsNoNumberIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("retries", "many", SECOND))
                .withMessage("the Kafka setting retries (many) is not a INT");
    }

    @Test
    void theTimeOutsFollowFromThePublishTimeout() {
        Map<String, Object> all =
                settings("client.id", "x", Duration.ofSeconds(10)).all();

        assertThat(all)
                .contains(
                        entry("delivery.timeout.ms", 6_000),
                        entry("request.timeout.ms", 6_000),
                        entry("linger.ms", 0L),
                        entry("max.block.ms", 0L),
                        entry("acks", "all"),
                        entry("enable.idempotence", true),
                        entry("retries", Integer.MAX_VALUE),
                        entry("key.serializer", ByteArraySerializer.class));
    }

    @Test
    void aClientThatSendsInTransactionsHasAnIdAndWaitsForTheBrokers() {
        Map<String, Object> all =
                settings("client.id", "x", Duration.ofSeconds(10)).transactional("orders-1");

        assertThat(all)
                .contains(
                        entry("transactional.id", "orders-1"),
                        entry("max.block.ms", 3_000L),
                        entry("delivery.timeout.ms", 6_000),
                        entry("transaction.timeout.ms", 20_000));
        assertThat(settings("transaction.timeout.ms", "5000", SECOND).transactional("orders-1"))
                .containsEntry("transaction.timeout.ms", "5000");
    }

    @Test
    void aPublishTimeoutThatLeavesNoTimeForANetworkIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings("client.id", "x", Duration.ofMillis(99)))
                .withMessage("publishTimeout (99 ms) must be from 100 ms to one day");
        assertThatIllegalArgumentException().isThrownBy(() -> settings("client.id", "x", Duration.ofDays(2)));
    }

    @Test
    void brokersAreRequired() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaPublisher.create(Map.of("client.id", "x")))
                .withMessage("bootstrap.servers is required: where are the brokers?");
    }

    @Test
    void aValueThatIsNullIsRefused() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("bootstrap.servers", "127.0.0.1:1");
        settings.put("linger.ms", null);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaPublisher.create(settings))
                .withMessage("linger.ms must not be null");
    }

    @Test
    void whatTheClientItselfRefusesIsAnErrorOfTheConfiguration() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        KafkaPublisher.create(Map.of("bootstrap.servers", "127.0.0.1:1", "compression.type", "steam")))
                .withMessageStartingWith("no Kafka client can be made of these settings: ")
                .withMessageContaining("compression.type");
    }

    @Test
    void aTopicForTheDefaultNamespaceIsRefusedBesideAFunctionThatChooses() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaPublisher.builder()
                        .setting("bootstrap.servers", "127.0.0.1:1")
                        .defaultTopic("a")
                        .topic(entry -> "b")
                        .build())
                .withMessageStartingWith("defaultTopic is refused");
    }

    @Test
    void propertiesAreTakenWithTheirDefaults() {
        Properties defaults = new Properties();
        defaults.setProperty("bootstrap.servers", "127.0.0.1:1");
        Properties properties = new Properties(defaults);
        properties.put("value.serializer", StringSerializer.class);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> KafkaPublisher.create(properties))
                .withMessageStartingWith("the Kafka setting value.serializer is refused");
        properties.remove("value.serializer");
        try (KafkaPublisher publisher = KafkaPublisher.create(properties)) {
            assertThat(publisher.toString())
                    .startsWith("KafkaPublisher[boxcar-")
                    .endsWith(", 127.0.0.1:1]");
            assertThat(publisher.longestCall()).isEqualTo(SECOND);
            assertThat(publisher.keepsOrderWithinCall()).isTrue();
        }
    }

    private static ProducerSettings settings(String name, String value, Duration publishTimeout) {
        return ProducerSettings.of(Map.of("bootstrap.servers", "127.0.0.1:1", name, value), publishTimeout);
    }
}
