package dev.boxcar.jms;

import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.Publisher;
import dev.boxcar.testkit.PublisherContract;
import dev.boxcar.testkit.Received;
import dev.boxcar.testservers.ArtemisServer;
import jakarta.jms.JMSException;
import java.util.ArrayList;
import java.util.List;

class JmsPublisherContractTest extends PublisherContract {

    private final ArtemisServer server = Artemis.shared();
    private final List<Received> received = new ArrayList<>();
    private String queue = "none";

    @Override
    protected Publisher publisher() {
        queue = Artemis.newQueue();
        received.clear();
        return Artemis.publisher(server).build();
    }

    @Override
    protected List<Received> received() throws JMSException {
        for (jakarta.jms.Message message : Artemis.take(server, queue)) {
            received.add(Artemis.takenApart(message));
        }
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
        return Message.of("k", "m").withHeader("large", "x".repeat(Artemis.TOO_LONG_FOR_A_HEADER));
    }

    @Override
    protected OutboxContext context() {
        return OutboxContext.ofNamespace(queue);
    }
}
