package dev.boxcar.kafka;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Repeats a check until it holds. */
final class Eventually {

    /** A check that fails by throwing. */
    interface Check {
        void run() throws Exception;
    }

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Eventually() {}

    static void check(Check check) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                check.run();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }
}
