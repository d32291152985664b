package dev.boxcar.testkit;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The contract on a destination in memory, which refuses what is too large for it. */
class PublisherContractTest extends PublisherContract {

    private final List<Received> arrived = new CopyOnWriteArrayList<>();
    private volatile boolean reachable = true;

    @Override
    protected Publisher publisher() {
        return new MemoryPublisher();
    }

    @Override
    protected List<Received> received() {
        return arrived;
    }

    @Override
    protected void makeUnreachable() {
        reachable = false;
    }

    @Override
    protected void makeReachable() {
        reachable = true;
    }

    @Override
    protected Message rejectedMessage() {
        return Message.of("bad", new byte[100_000]);
    }

    private final class MemoryPublisher implements Publisher, AutoCloseable {
        private volatile boolean open = true;

        @Override
        public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
            if (!open || !reachable) {
                return CompletableFuture.completedFuture(PublishResults.allUnavailable("out of reach"));
            }
            PublishResults.Builder results = PublishResults.builder();
            for (ClaimedEntry entry : entries) {
                results.add(entry, result(entry));
            }
            return CompletableFuture.completedFuture(results.build());
        }

        private PublishResult result(ClaimedEntry entry) {
            if (entry.payload().length > 10_000) {
                return PublishResult.rejected("larger than 10,000 bytes");
            }
            byte @Nullable [] key = entry.key();
            arrived.add(new Received(
                    key, entry.payload(), entry.headers(), entry.messageId(), entry.type(), entry.createdAt()));
            return PublishResult.SENT;
        }

        @Override
        public boolean keepsOrderWithinCall() {
            return true;
        }

        @Override
        public void close() {
            open = false;
        }
    }
}
