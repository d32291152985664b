package dev.boxcar.relay;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells a relay to end. Whoever asks first gives the reason. Safe for use by several threads. */
final class StopSignal {

    private final CountDownLatch requested = new CountDownLatch(1);
    private @Nullable String failure;

    /** Ends it in good order. */
    void request() {
        requested.countDown();
    }

    /** Ends it because it cannot go on. */
    synchronized void fail(String reason) {
        if (requested.getCount() > 0) {
            failure = reason;
            requested.countDown();
        }
    }

    /** Why it cannot go on, or null. */
    synchronized @Nullable String failure() {
        return failure;
    }

    /** Waits; returns true as soon as somebody asks to stop. */
    boolean within(Duration time) {
        try {
            return requested.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /**
     * Makes SIGTERM and SIGINT request a stop. The virtual machine then lives on until the returned object is closed, which is
     * when everything has been given back, but for a minute at most.
     */
    OnSignal onSignal() {
        CountDownLatch finished = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    request();
                    try {
                        if (!finished.await(1, TimeUnit.MINUTES)) {
                            System.err.println("boxcar: not everything could be given back within a minute");
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "boxcar-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        return () -> {
            finished.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The hook is running: this is the end that it waits for.
            }
        };
    }

    /** Ends the wait for signals. */
    interface OnSignal extends AutoCloseable {
        @Override
        void close();
    }
}
