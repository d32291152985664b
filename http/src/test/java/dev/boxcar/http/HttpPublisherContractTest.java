package dev.boxcar.http;

import dev.boxcar.Message;
import dev.boxcar.Publisher;
import dev.boxcar.testkit.PublisherContract;
import dev.boxcar.testkit.Received;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class HttpPublisherContractTest extends PublisherContract {

    private final Receiver receiver;

    HttpPublisherContractTest() throws IOException {
        receiver = new Receiver();
    }

    @AfterEach
    void closeReceiver() {
        receiver.close();
    }

    @Override
    protected Publisher publisher() {
        return HttpPublisher.builder(receiver.address())
                .publishTimeout(java.time.Duration.ofSeconds(10))
                .build();
    }

    @Override
    protected List<Received> received() {
        return receiver.received();
    }

    @Override
    protected void makeUnreachable() {
        receiver.stop();
    }

    @Override
    protected void makeReachable() throws IOException {
        receiver.start();
    }

    @Override
    protected Message rejectedMessage() {
        return Message.of("refused", new byte[Receiver.LARGEST + 1]);
    }
}
