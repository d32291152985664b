package dev.boxcar.benchmarks;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A thread that writes a message of a flow every 100 ms, each in a transaction of its own, until it is stopped. */
final class FreshMessages implements AutoCloseable {

    private static final long PAUSE_NANOS = 100_000_000;

    private final Flow flow;
    private final FlowWriters.Sink sink;
    private final Thread thread = new Thread(this::write, "fresh-messages");
    private volatile boolean stopped;
    private volatile int written;
    private volatile @Nullable Exception failure;

    /** Begins to write. */
    FreshMessages(Flow flow, FlowWriters.Sink sink) {
        this.flow = flow;
        this.sink = sink;
        thread.start();
    }

    private void write() {
        long next = System.nanoTime();
        try {
            for (int number = 0; number < flow.size() && !stopped; number++) {
                sink.write(List.of(flow.item(number)));
                flow.committed(number, System.nanoTime());
                written = number + 1;
                next += PAUSE_NANOS;
                LockSupport.parkNanos(next - System.nanoTime());
            }
        } catch (Exception e) {
            failure = e;
        }
    }

    /** Ends it, and tells how many it has written. */
    int stop() throws InterruptedException {
        close();
        if (failure != null) {
            throw new IllegalStateException("the writer of new messages failed", failure);
        }
        return written;
    }

    @Override
    public void close() throws InterruptedException {
        stopped = true;
        thread.join();
    }
}
