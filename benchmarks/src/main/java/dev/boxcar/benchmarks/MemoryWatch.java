package dev.boxcar.benchmarks;

import com.sun.management.GarbageCollectorMXBean;
import com.sun.management.GcInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Looks every millisecond at how much a deployment holds in memory, until it is closed. */
final class MemoryWatch implements AutoCloseable {

    private final Deployment deployment;
    private final List<GarbageCollectorMXBean> collectors =
            ManagementFactory.getPlatformMXBeans(GarbageCollectorMXBean.class);
    private final Thread thread = new Thread(this::watch, "memory-watch");
    private final long begins;
    private volatile long mostInFlight = -1;
    private volatile long mostHeap;
    private volatile boolean closed;

    /** Begins, with as little garbage as possible. */
    MemoryWatch(Deployment deployment) {
        this.deployment = deployment;
        System.gc();
        this.begins = ManagementFactory.getRuntimeMXBean().getUptime();
        thread.start();
    }

    private void watch() {
        while (!closed) {
            mostInFlight = Math.max(mostInFlight, deployment.bytesInFlight());
            for (GarbageCollectorMXBean collector : collectors) {
                GcInfo last = collector.getLastGcInfo();
                if (last != null && last.getStartTime() >= begins) {
                    long used = last.getMemoryUsageAfterGc().values().stream()
                            .mapToLong(MemoryUsage::getUsed)
                            .sum();
                    mostHeap = Math.max(mostHeap, used);
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** The most bytes of payload under way; negative when the contestant does not tell. */
    long mostInFlight() {
        return mostInFlight;
    }

    /**
     * The most bytes that a garbage collection left in the heap, with what nobody needed any more but it did not look at; 0 when
     * there was none.
     */
    long mostHeap() {
        return mostHeap;
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
