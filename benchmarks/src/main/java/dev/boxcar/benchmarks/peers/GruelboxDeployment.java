package dev.boxcar.benchmarks.peers;

import com.gruelbox.transactionoutbox.Dialect;
import com.gruelbox.transactionoutbox.Instantiator;
import com.gruelbox.transactionoutbox.Persistor;
import com.gruelbox.transactionoutbox.Submitter;
import com.gruelbox.transactionoutbox.TransactionManager;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import com.gruelbox.transactionoutbox.TransactionOutboxEntry;
import com.gruelbox.transactionoutbox.TransactionOutboxListener;
import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.benchmarks.Deployment;
import dev.boxcar.benchmarks.Load;
import dev.boxcar.benchmarks.Place;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** gruelbox at work. What is written before the start is left as by a process that died right after its commits. */
final class GruelboxDeployment implements Deployment {

    /** What is scheduled. Text, because that is what it stores best: bytes would become an array of numbers in JSON. */
    @FunctionalInterface
    interface Call {
        void send(String key, String payload);
    }

    private static final int QUEUE = 16_384;
    private static final int WRITERS = 32;
    private static final long FLUSH_EVERY_MILLIS = 100;

    private final LongAdder done = new LongAdder();
    private final Sender sender;
    private final HikariDataSource pool;
    private final TransactionManager transactions;
    private final TransactionOutbox before;
    private final TransactionOutbox outbox;
    private final ThreadPoolExecutor executor;
    private final Thread flushing = new Thread(this::flush, "gruelbox-flush");
    private volatile boolean started;

    GruelboxDeployment(Place place) {
        this.sender = new Sender(place.kafka(), place.topic(), 1);
        this.pool = Pools.of(place, GruelboxContestant.THREADS + WRITERS);
        this.transactions = TransactionManager.fromDataSource(place.watch().apply(pool));
        this.executor = new ThreadPoolExecutor(
                GruelboxContestant.THREADS,
                GruelboxContestant.THREADS,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                GruelboxDeployment::waitForPlace);
        this.outbox = builder()
                .submitter(Submitter.withExecutor(executor))
                .listener(new TransactionOutboxListener() {
                    @Override
                    public void success(TransactionOutboxEntry entry) {
                        done.increment();
                    }
                })
                .build();
        this.before = builder()
                .submitter((entry, call) -> {})
                .attemptFrequency(Duration.ofMillis(100))
                .build();
    }

    private TransactionOutbox.TransactionOutboxBuilder builder() {
        return TransactionOutbox.builder()
                .transactionManager(transactions)
                .persistor(Persistor.forDialect(Dialect.POSTGRESQL_9))
                .instantiator(Instantiator.using(type -> (Call) this::send));
    }

    private static void waitForPlace(Runnable task, ThreadPoolExecutor executor) {
        try {
            executor.getQueue().put(task);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RejectedExecutionException("interrupted while the queue was full", e);
        }
    }

    private void send(String key, String payload) {
        sender.send(
                key.getBytes(StandardCharsets.ISO_8859_1), Base64.getDecoder().decode(payload));
    }

    @Override
    public void write(Business business, List<Load.Item> items) throws Exception {
        TransactionOutbox used = started ? outbox : before;
        transactions.inTransactionThrows(transaction -> {
            business.on(transaction.connection());
            Call call = used.schedule(Call.class);
            for (Load.Item item : items) {
                call.send(
                        new String(item.key(), StandardCharsets.ISO_8859_1),
                        Base64.getEncoder().encodeToString(item.payload()));
            }
        });
    }

    @Override
    public void start() {
        started = true;
        flushing.start();
    }

    private void flush() {
        try {
            while (!Thread.interrupted()) {
                while (outbox.flush() && !Thread.interrupted()) {}
                Thread.sleep(FLUSH_EVERY_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public long done() {
        return done.sum();
    }

    @Override
    public void close() throws InterruptedException {
        flushing.interrupt();
        flushing.join();
        executor.shutdown();
        executor.awaitTermination(10, TimeUnit.SECONDS);
        pool.close();
        sender.close();
    }
}
