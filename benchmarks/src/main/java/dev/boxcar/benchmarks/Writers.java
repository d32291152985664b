package dev.boxcar.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that run business transactions with one message each, and note their times. Each key belongs to one of them, so that
 * its messages have an order.
 */
final class Writers implements AutoCloseable {

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Deployment deployment;
    private final Deployment.Business business;
    private final Probe probe;
    private final Load load;

    /** By number of message, in nanoseconds of {@link System#nanoTime()}: when a transaction began and had ended. */
    final long[] began;

    final long[] ended;
    /** The same for its commit. */
    final long[] committing;

    final long[] committed;

    /** Threads that write this load, through a data source that the probe looks at. */
    Writers(Deployment deployment, Deployment.Business business, Probe probe, Load load) {
        this.deployment = deployment;
        this.business = business;
        this.probe = probe;
        this.load = load;
        this.began = new long[load.size()];
        this.ended = new long[load.size()];
        this.committing = new long[load.size()];
        this.committed = new long[load.size()];
    }

    /**
     * Writes the messages with these numbers; returns when all are committed.
     *
     * @param perSecond how many transactions begin in a second, all threads together, at times that do not depend on how long
     *     the others take; 0 for as many as the threads manage
     * @return how many seconds it took
     */
    double write(int from, int to, int threadCount, double perSecond) throws Exception {
        long start = System.nanoTime();
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < threadCount; i++) {
            int thread = i;
            running.add(threads.submit(() -> {
                for (int number = from; number < to; number++) {
                    if (load.key(number) % threadCount == thread) {
                        if (perSecond > 0) {
                            sleepUntil(start + (long) ((number - from) * 1e9 / perSecond));
                        }
                        write(number);
                    }
                }
                return true;
            }));
        }
        for (Future<?> each : running) {
            each.get();
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private void write(int number) throws Exception {
        List<Load.Item> item = List.of(load.item(number));
        began[number] = System.nanoTime();
        deployment.write(business, item);
        ended[number] = System.nanoTime();
        Probe.Commit commit = probe.takeCommit();
        committing[number] = commit.before();
        committed[number] = commit.after();
    }

    private static void sleepUntil(long time) {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
