package dev.boxcar.testkit;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for things that happen on other threads or by other clocks, in real time. */
public final class Await {

    /** How long {@link #until(String, BooleanSupplier)} waits before it fails: 30 s. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private Await() {}

    /**
     * Waits until the condition holds, looking every millisecond.
     *
     * @param what what is waited for, for the failure's message
     * @throws AssertionError when it does not hold after {@link #PATIENCE}
     */
    public static void until(String what, BooleanSupplier condition) {
        until(what, PATIENCE, condition);
    }

    /**
     * Waits until the condition holds, looking every millisecond.
     *
     * @param what what is waited for, for the failure's message
     * @throws AssertionError when it does not hold after {@code patience}
     */
    public static void until(String what, Duration patience, BooleanSupplier condition) {
        if (!holdsWithin(patience, condition)) {
            throw new AssertionError("waited " + patience.toMillis() + " ms in vain for: " + what);
        }
    }

    /** Waits until the condition holds, looking every millisecond, and tells whether it came to hold within {@code patience}. */
    public static boolean holdsWithin(Duration patience, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > patience.toNanos()) {
                return false;
            }
            pause(Duration.ofMillis(1));
        }
        return true;
    }

    /** Lets time pass. */
    static void pause(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        long left = duration.toNanos();
        while (left > 0 && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(left);
            left = end - System.nanoTime();
        }
    }
}
