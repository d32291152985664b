package dev.boxcar.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** Threads that write a flow, some messages in each transaction, at a given pace. */
final class FlowWriters {

    /** Writes messages in one transaction and commits. */
    @FunctionalInterface
    interface Sink {
        void write(List<Load.Item> items) throws Exception;
    }

    private final Flow flow;
    private final Sink sink;
    private final int perTransaction;

    FlowWriters(Flow flow, int perTransaction, Sink sink) {
        this.flow = flow;
        this.sink = sink;
        this.perTransaction = perTransaction;
    }

    /**
     * Writes the messages with these numbers; returns when all are committed.
     *
     * @param perSecond how many messages a second, all threads together, in transactions that are due at times which do not
     *     depend on how long others take; 0 for as many as the threads manage
     */
    void write(int from, int to, double perSecond) throws Exception {
        long start = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(flow.writers());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int writer = 0; writer < flow.writers(); writer++) {
                int first = from + Math.floorMod(writer - from, flow.writers());
                running.add(threads.submit(() -> {
                    write(first, from, to, start, perSecond);
                    return true;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void write(int first, int from, int to, long start, double perSecond) throws Exception {
        int step = flow.writers() * perTransaction;
        for (int begin = first; begin < to; begin += step) {
            if (perSecond > 0) {
                sleepUntil(start + (long) ((begin - from) / perSecond * 1e9));
            }
            List<Load.Item> items = new ArrayList<>(perTransaction);
            int end = Math.min(to, begin + step);
            for (int number = begin; number < end; number += flow.writers()) {
                items.add(flow.item(number));
            }
            sink.write(items);
            long now = System.nanoTime();
            for (int number = begin; number < end; number += flow.writers()) {
                flow.committed(number, now);
            }
        }
    }

    private static void sleepUntil(long time) {
        for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
