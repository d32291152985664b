package dev.boxcar.kafka;

import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.Publisher;
import dev.boxcar.testkit.PublisherContract;
import dev.boxcar.testkit.Received;
import dev.boxcar.testservers.KafkaServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaPublisherContractTest extends PublisherContract {

    private final KafkaServer server = KafkaServer.start();
    private String topic = "none";

    @AfterAll
    void stop() {
        server.close();
    }

    @Override
    protected Publisher publisher() throws Exception {
        topic = Kafka.newTopic(server, 3, Map.of());
        return builder().build();
    }

    /** Patient, because the machine that runs the tests may be busy with something else. */
    KafkaPublisher.Builder builder() {
        return Kafka.publisher(server).publishTimeout(Duration.ofSeconds(4));
    }

    @Override
    protected List<Received> received() {
        return Kafka.received(server, topic);
    }

    @Override
    protected void makeUnreachable() {
        server.pause();
    }

    @Override
    protected void makeReachable() {
        server.resume();
    }

    @Override
    protected Message rejectedMessage() {
        return Message.of("k", new byte[2_000_000]);
    }

    @Override
    protected OutboxContext context() {
        return OutboxContext.ofNamespace(topic);
    }
}
