package dev.boxcar.internal;

import dev.boxcar.OutboxClock;
import dev.boxcar.OutboxListener;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the blocking calls to the storage on an executor and brings their outcome back to the engine's thread. Reports a
 * storage that fails once, and once when it works again.
 */
final class StorageCalls {

    private static final Logger log = LoggerFactory.getLogger(StorageCalls.class);

    private final String processorId;
    private final Mailbox mailbox;
    private final OutboxListener listener;
    private final OutboxClock clock;
    private final Set<String> failing = new HashSet<>();
    private Executor executor = Runnable::run;
    private long failingSince;
    private int underWay;
    private @Nullable RuntimeException firstFailure;

    StorageCalls(Environment environment, Mailbox mailbox) {
        this.processorId = environment.processorId();
        this.mailbox = mailbox;
        this.listener = environment.listener();
        this.clock = environment.clock();
    }

    void runOn(Executor newExecutor) {
        executor = newExecutor;
    }

    /** Starts a call; exactly one of the consumers is run later, in the engine's thread. */
    <R> void start(String operation, Callable<R> call, Consumer<R> done, Consumer<RuntimeException> failed) {
        underWay++;
        Runnable task = () -> {
            try {
                R result = call.call();
                mailbox.post(() -> {
                    underWay--;
                    succeeded(operation);
                    done.accept(result);
                });
            } catch (Throwable e) {
                mailbox.post(() -> failed(operation, e, failed));
            }
        };
        try {
            executor.execute(task);
        } catch (RuntimeException e) { // rejected: the executor was shut down
            mailbox.post(() -> failed(operation, e, failed));
        }
    }

    int underWay() {
        return underWay;
    }

    /** The first failure since the last time this was asked, or null. */
    @Nullable
    RuntimeException takeFirstFailure() {
        RuntimeException failure = firstFailure;
        firstFailure = null;
        return failure;
    }

    private void failed(String operation, Throwable cause, Consumer<RuntimeException> failed) {
        underWay--;
        RuntimeException failure = cause instanceof RuntimeException e
                ? e
                : new IllegalStateException("storage call failed: " + operation, cause);
        if (firstFailure == null) {
            firstFailure = failure;
        }
        if (failing.isEmpty()) {
            failingSince = clock.nanoTime();
            log.warn(
                    "processor {}: storage failed to {}; trying again with back-off until it works: {}",
                    processorId,
                    operation,
                    reason(cause),
                    cause);
            listener.storageFailed(operation, cause);
        }
        failing.add(operation);
        failed.accept(failure);
    }

    private void succeeded(String operation) {
        if (failing.remove(operation) && failing.isEmpty()) {
            Duration outage = Duration.ofNanos(clock.nanoTime() - failingSince);
            log.info("processor {}: storage works again after {} ms", processorId, outage.toMillis());
            listener.storageRecovered(outage);
        }
    }

    private static String reason(Throwable cause) {
        Throwable deepest = cause;
        while (deepest.getCause() != null && deepest.getCause() != deepest) {
            deepest = deepest.getCause();
        }
        return deepest == cause ? cause.toString() : cause.getMessage() + " (" + deepest + ")";
    }
}
