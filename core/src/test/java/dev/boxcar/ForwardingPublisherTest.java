package dev.boxcar;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ForwardingPublisherTest {

    private static final PublishLease LEASE = new PublishLease() {
        @Override
        public String session() {
            return "session";
        }

        @Override
        public boolean isValid() {
            return true;
        }
    };

    /** A method of the interface that is not forwarded would silently answer for a publisher that answers otherwise. */
    @Test
    void nothingOfThePublisherIsForgotten() {
        assertThat(Arrays.stream(Publisher.class.getMethods())
                        .filter(method -> !Modifier.isStatic(method.getModifiers()))
                        .filter(method -> !isForwarded(method)))
                .isEmpty();
    }

    private static boolean isForwarded(Method method) {
        try {
            return ForwardingPublisher.class
                            .getMethod(method.getName(), method.getParameterTypes())
                            .getDeclaringClass()
                    == ForwardingPublisher.class;
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void callsWithAndWithoutALeaseGoThroughTheSamePlace() {
        AtomicInteger seen = new AtomicInteger();
        Publisher around =
                new ForwardingPublisher(entries -> CompletableFuture.completedFuture(PublishResults.allSent())) {
                    @Override
                    protected CompletionStage<PublishResults> publish(
                            List<ClaimedEntry> entries,
                            Function<List<ClaimedEntry>, CompletionStage<PublishResults>> call) {
                        seen.incrementAndGet();
                        return call.apply(entries);
                    }
                };
        assertThat(around.publish(List.of())).isCompleted();
        assertThat(around.publish(List.of(), LEASE)).isCompleted();
        assertThat(seen).hasValue(2);
    }
}
