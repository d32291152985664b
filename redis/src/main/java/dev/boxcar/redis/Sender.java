package dev.boxcar.redis;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PendingResults;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Publishes over one connection, and makes another when it has ended. Nothing in here blocks. Safe for use by several threads. */
final class Sender {

    /** Connecting to a busy server may take longer than publishing; calls do not wait for it longer than they may. */
    private static final Duration SHORTEST_CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /**
     * What entries of streams are like.
     *
     * @param trimming of the stream, or null
     * @param maxPayloadBytes of a message
     */
    record Shape(@Nullable XAddArgs trimming, int maxPayloadBytes) {}

    private final Streams streams;
    private final Shape shape;
    private final Duration publishTimeout;
    private final String target;
    private final RedisURI uri;
    private final RedisClient client;
    private final Set<PendingResults> underWay = ConcurrentHashMap.newKeySet();
    private @Nullable CompletableFuture<Link> link;
    private volatile boolean closed;

    Sender(RedisURI uri, Streams streams, Shape shape, Duration publishTimeout, String target) {
        this.streams = streams;
        this.shape = shape;
        this.publishTimeout = publishTimeout;
        this.target = target;
        Duration connect =
                publishTimeout.compareTo(SHORTEST_CONNECT_TIMEOUT) > 0 ? publishTimeout : SHORTEST_CONNECT_TIMEOUT;
        this.uri = RedisURI.builder(uri).withTimeout(connect).build();
        client = RedisClient.create();
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .socketOptions(SocketOptions.builder().connectTimeout(connect).build())
                .timeoutOptions(TimeoutOptions.create()) // calls have a time-out of their own
                .build());
    }

    CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
        PendingResults results = new PendingResults(entries);
        if (closed) {
            results.settleOpen(PublishResult.unavailable("the publisher is closed"));
            return results.stage();
        }
        underWay.add(results);
        long startedAt = System.nanoTime();
        results.ifOpenAfter(publishTimeout, () -> timeOut(results, startedAt));
        CompletionStage<Void> handedOver = link().handle((current, failure) -> {
            if (current == null) {
                results.settleOpen(PublishResult.unavailable("no connection to " + target + ": " + reason(failure)));
            } else {
                send(current, entries, results);
            }
            return null;
        });
        return handedOver.thenCompose(sent -> results.stage()).whenComplete((all, failure) -> underWay.remove(results));
    }

    private void send(Link current, List<ClaimedEntry> entries, PendingResults results) {
        for (ClaimedEntry entry : entries) {
            if (!results.isOpen(entry)) {
                continue; // given up while the connection was made
            }
            if (entry.payload().length > shape.maxPayloadBytes()) {
                results.settle(
                        entry,
                        PublishResult.rejected("too large: the payload has " + entry.payload().length
                                + " bytes; maxPayloadBytes is " + shape.maxPayloadBytes()));
                continue;
            }
            try {
                current.add(entry, streams.of(entry), shape.trimming(), results);
            } catch (Streams.RefusedException e) {
                results.settle(entry, e.result());
            } catch (RuntimeException e) { // the client takes nothing any more
                results.settle(entry, Outcome.of(e));
            }
        }
        current.flush();
    }

    private synchronized CompletableFuture<Link> link() {
        CompletableFuture<Link> current = link;
        if (current == null || (current.isDone() && !isOpen(current))) {
            try {
                current = client.connectAsync(ByteArrayCodec.INSTANCE, uri)
                        .toCompletableFuture()
                        .thenApply(Link::new);
            } catch (RuntimeException e) { // closed meanwhile
                current = CompletableFuture.failedFuture(e);
            }
            link = current;
        }
        return current;
    }

    private static boolean isOpen(CompletableFuture<Link> done) {
        return !done.isCompletedExceptionally() && done.join().isOpen();
    }

    private synchronized @Nullable Link present() {
        CompletableFuture<Link> current = link;
        return current == null || !current.isDone() || current.isCompletedExceptionally() ? null : current.join();
    }

    private void timeOut(PendingResults results, long startedAt) {
        Link current = present();
        if (current != null && current.aliveSince(startedAt)) {
            results.settleOpen(PublishResult.SKIPPED);
            return;
        }
        results.settleOpen(
                PublishResult.unavailable("no answer from " + target + " within " + publishTimeout.toMillis() + " ms"));
        if (current != null) {
            current.close();
        }
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null ? "no reason given" : cause.getClass().getSimpleName() + ": " + cause.getMessage();
    }

    void close() {
        closed = true;
        try {
            CompletableFuture.allOf(underWay.stream()
                            .map(results -> results.stage().toCompletableFuture())
                            .toArray(CompletableFuture<?>[]::new))
                    .get(publishTimeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // What is still under way ends with the connection.
            underWay.forEach(results -> results.settleOpen(PublishResult.unavailable("the publisher is closed")));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.shutdown(0, 2, TimeUnit.SECONDS);
    }
}
