package dev.boxcar.redis;

import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.Publisher;
import dev.boxcar.testkit.PublisherContract;
import dev.boxcar.testkit.Received;
import dev.boxcar.testservers.RedisServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisPublisherContractTest extends PublisherContract {

    private static final int LARGEST = 1_000_000;

    private final RedisServer server = RedisServer.start();
    private String stream = "none";

    @AfterAll
    void stop() {
        server.close();
    }

    /** Patient, because the machine that runs the tests may be busy with something else. */
    @Override
    protected Publisher publisher() {
        stream = Redis.newStream();
        return RedisPublisher.builder(server.uri())
                .maxPayloadBytes(LARGEST)
                .publishTimeout(Duration.ofSeconds(2))
                .build();
    }

    @Override
    protected List<Received> received() throws Exception {
        return Redis.read(server, stream).stream().map(Redis::received).toList();
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
        return Message.of("k", new byte[LARGEST + 1]);
    }

    @Override
    protected OutboxContext context() {
        return OutboxContext.ofNamespace(stream);
    }
}
