package dev.boxcar.gates;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that leaves threads of ours behind: of a processor, a publisher or a producer that nobody closed. JUnit
 * finds it by itself, in the tests of all modules. (Connections are counted by the fixture that hands them out.)
 */
public final class LeakedThreads implements BeforeAllCallback, AfterAllCallback {

    private static final List<String> OURS = List.of("boxcar-", "kafka-producer-network-thread");
    private static final ExtensionContext.Namespace STORE = ExtensionContext.Namespace.create(LeakedThreads.class);

    /** What was told to end may need a while for it. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getStore(STORE).put("before", ours());
    }

    @Override
    @SuppressWarnings("unchecked")
    public void afterAll(ExtensionContext context) throws InterruptedException {
        Set<Thread> before = context.getStore(STORE).getOrDefault("before", Set.class, Set.of());
        check(before, PATIENCE);
    }

    /** The threads of ours that are alive. */
    static Set<Thread> ours() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .filter(thread -> OURS.stream().anyMatch(thread.getName()::startsWith))
                .collect(Collectors.toSet());
    }

    /** Fails when others than these are still alive after a while. */
    static void check(Set<Thread> before, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        Set<Thread> left = ours();
        left.removeAll(before);
        while (!left.isEmpty() && System.nanoTime() < end) {
            left.iterator().next().join(100);
            left.removeIf(thread -> !thread.isAlive());
        }
        if (!left.isEmpty()) {
            throw new AssertionError("threads were left behind: "
                    + left.stream().map(Thread::getName).sorted().toList());
        }
    }
}
