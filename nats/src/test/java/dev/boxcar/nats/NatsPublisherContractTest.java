package dev.boxcar.nats;

import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.Publisher;
import dev.boxcar.testkit.PublisherContract;
import dev.boxcar.testkit.Received;
import dev.boxcar.testservers.NatsServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NatsPublisherContractTest extends PublisherContract {

    private final NatsServer server = NatsServer.start();
    private String stream = "none";

    @AfterAll
    void stop() {
        server.close();
    }

    /** Patient, because the machine that runs the tests may be busy with something else. */
    @Override
    protected Publisher publisher() throws Exception {
        stream = Nats.newStream(server);
        return NatsPublisher.builder(server.url())
                .publishTimeout(Duration.ofSeconds(2))
                .build();
    }

    @Override
    protected List<Received> received() throws Exception {
        return Nats.read(server, stream).stream().map(Nats::received).toList();
    }

    @Override
    protected void makeUnreachable() {
        server.pause();
    }

    @Override
    protected void makeReachable() {
        server.resume();
    }

    /** Larger than the megabyte that NATS allows unless told otherwise. */
    @Override
    protected Message rejectedMessage() {
        return Message.of("k", new byte[1_100_000]);
    }

    @Override
    protected OutboxContext context() {
        return OutboxContext.ofNamespace(stream);
    }
}
