package dev.boxcar.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PendingResults;
import dev.boxcar.PublishResult;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One connection, which never reconnects: when it has ended, another one takes its place, and whoever published decides what to
 * publish again. Safe for use by several threads.
 */
final class Link {

    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile long lastSign = System.nanoTime();

    Link(StatefulRedisConnection<byte[], byte[]> connection) {
        this.connection = connection;
        connection.setAutoFlushCommands(false);
    }

    boolean isOpen() {
        return !ended.get() && connection.isOpen();
    }

    boolean aliveSince(long time) {
        return isOpen() && lastSign - time > 0;
    }

    /** Hands a message to the connection; it leaves with the next {@link #flush()}. */
    @SuppressWarnings("FutureReturnValueIgnored") // what the stage returned would tell is told to the results
    void add(ClaimedEntry entry, String stream, @Nullable XAddArgs trimming, PendingResults results) {
        Object[] fields = Fields.of(entry);
        byte[] key = stream.getBytes(UTF_8);
        var answer = trimming == null
                ? connection.async().xadd(key, fields)
                : connection.async().xadd(key, trimming, fields);
        answer.whenComplete((id, failure) -> {
            if (failure == null) {
                lastSign = System.nanoTime();
                results.settle(entry, PublishResult.SENT);
                return;
            }
            PublishResult result = Outcome.of(failure);
            if (Outcome.blamesConnection(failure)) {
                close();
            }
            results.settle(entry, result);
        });
    }

    void flush() {
        connection.flushCommands();
    }

    /** Ends the connection; what was not answered is unavailable. */
    @SuppressWarnings("FutureReturnValueIgnored") // nothing depends on it
    void close() {
        if (ended.compareAndSet(false, true)) {
            connection.closeAsync();
        }
    }
}
