package dev.boxcar.rabbitmq;

import com.rabbitmq.client.GetResponse;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.Publisher;
import dev.boxcar.testkit.PublisherContract;
import dev.boxcar.testkit.Received;
import dev.boxcar.testservers.RabbitMqServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RabbitMqPublisherContractTest extends PublisherContract {

    private static final String NOWHERE = "nowhere";

    private final RabbitMqServer server = RabbitMqServer.start();
    private final List<GetResponse> arrived = new ArrayList<>();
    private String queue = "none";

    @AfterAll
    void stop() {
        server.close();
    }

    /** Patient, because the machine that runs the tests may be busy with something else. */
    @Override
    protected Publisher publisher() throws Exception {
        queue = Rabbit.newQueue(server, Map.of());
        arrived.clear();
        return RabbitMqPublisher.builder(server.uri())
                .route(entry -> new RabbitMqRoute("", entry.headers().getOrDefault(NOWHERE, entry.namespace())))
                .publishTimeout(Duration.ofSeconds(2))
                .build();
    }

    @Override
    protected List<Received> received() throws Exception {
        arrived.addAll(Rabbit.take(server, queue));
        return arrived.stream().map(Rabbit::received).toList();
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
        return Message.of("k", "unroutable").withHeader(NOWHERE, "no such queue");
    }

    @Override
    protected OutboxContext context() {
        return OutboxContext.ofNamespace(queue);
    }
}
