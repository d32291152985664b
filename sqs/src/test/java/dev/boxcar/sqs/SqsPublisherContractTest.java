package dev.boxcar.sqs;

import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.Publisher;
import dev.boxcar.testkit.PublisherContract;
import dev.boxcar.testkit.Received;
import dev.boxcar.testservers.ElasticMqServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;

/** With a FIFO queue: a standard one promises less. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqsPublisherContractTest extends PublisherContract {

    private final ElasticMqServer server = Sqs.shared();
    private final SqsAsyncClient client = Sqs.client(server);
    private final List<Received> received = new ArrayList<>();
    private String queue = "none";

    @AfterAll
    void stop() {
        client.close();
    }

    @Override
    protected Publisher publisher() {
        queue = Sqs.newQueue(client, true);
        received.clear();
        return Sqs.publisher(client).build();
    }

    @Override
    protected List<Received> received() {
        Sqs.take(client, queue).forEach(message -> received.add(Sqs.takenApart(message)));
        return List.copyOf(received);
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
        return OutboxContext.ofNamespace(queue);
    }
}
