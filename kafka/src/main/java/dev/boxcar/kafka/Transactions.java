package dev.boxcar.kafka;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishLease;
import dev.boxcar.PublishResults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * Sends calls in transactions, in the name of the session that makes them: the transactional id of a producer is a prefix and the
 * session. A session that ended without giving its claims back is fenced by whoever takes these over: a new producer of its
 * transactional id makes the brokers abort what it has begun and refuse whatever it still sends.
 *
 * <p>A producer that identifies itself after that would be accepted again. So it asks its lease afterwards: claims that
 * were taken over are not valid any more, and if they still are, whoever takes them over later will fence this producer.
 */
final class Transactions implements Delivery {

    private static final String CLOSED = "the publisher is closed";

    private final String name;
    private final ProducerSettings.Timing timing;
    private final Function<String, Producer<byte[], byte[]>> producers;
    private final LiveProducer lookups;
    private final Supplier<Topics> topics;
    private final PublishLease own = new OwnLease("own-" + UUID.randomUUID());

    /** Guarded by this. */
    private final Map<String, TransactionalSession> sessions = new HashMap<>();

    private boolean closed;

    /** For calls in nobody's name. */
    private record OwnLease(String session) implements PublishLease {
        @Override
        public boolean isValid() {
            return true;
        }
    }

    /**
     * @param lookups creates a producer without transactions, which tells where topics are without waiting
     * @param producers creates a transactional producer for a session
     */
    Transactions(
            String name,
            ProducerSettings.Timing timing,
            Supplier<Topics> topics,
            Supplier<Producer<byte[], byte[]>> lookups,
            Function<String, Producer<byte[], byte[]>> producers) {
        this.name = name;
        this.timing = timing;
        this.topics = topics;
        this.producers = producers;
        this.lookups = new LiveProducer(lookups.get(), new Window(timing, Window.SMALLEST));
    }

    @Override
    public synchronized CompletionStage<PublishResults> publish(
            List<ClaimedEntry> entries, @Nullable PublishLease givenLease) {
        if (closed) {
            return CompletableFuture.completedFuture(PublishResults.allUnavailable(CLOSED));
        }
        PublishLease lease = givenLease == null ? own : givenLease;
        Call call = new Call(entries, System.nanoTime());
        sessions.computeIfAbsent(lease.session(), this::newSession).submit(call, lease);
        return call.result();
    }

    private TransactionalSession newSession(String session) {
        String threadName = name + "-" + session.substring(0, Math.min(8, session.length()));
        TransactionalSession made = new TransactionalSession(
                threadName,
                timing,
                topics.get(),
                new TopicLookup(name, timing.sendByNanos()),
                lookups,
                () -> producers.apply(session),
                idle -> forget(session, idle));
        made.start();
        return made;
    }

    /** Whether a session may end because nothing happens in it. */
    private synchronized boolean forget(String name, TransactionalSession session) {
        return session.isIdle() && sessions.remove(name, session);
    }

    @Override
    public CompletionStage<Void> fence(String endedSession) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        long deadline = System.nanoTime() + timing.endByNanos();
                        TransactionalProducer.open(() -> producers.apply(endedSession), deadline)
                                .close();
                        done.complete(null);
                    } catch (Throwable e) {
                        done.completeExceptionally(e);
                    }
                },
                name + "-fence");
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    @Override
    public void close() {
        List<TransactionalSession> all;
        synchronized (this) {
            closed = true;
            all = new ArrayList<>(sessions.values());
            sessions.clear();
        }
        long deadline = System.nanoTime()
                + Duration.ofMillis(timing.publishMillis() + 1_000L).toNanos();
        all.forEach(TransactionalSession::close);
        all.forEach(session -> session.awaitEnd(deadline));
        lookups.end(CLOSED);
    }
}
