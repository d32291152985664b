package dev.boxcar.gates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.Extension;

class LeakedThreadsTest {

    @Test
    void aThreadThatIsLeftBehindIsFound() throws InterruptedException {
        Set<Thread> before = LeakedThreads.ours();
        CountDownLatch end = new CountDownLatch(1);
        Thread leak = new Thread(() -> await(end), "boxcar-p1-storage-1");
        leak.start();

        assertThatThrownBy(() -> LeakedThreads.check(before, Duration.ofMillis(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("boxcar-p1-storage-1");

        end.countDown();
        LeakedThreads.check(before, Duration.ofSeconds(30));
        leak.join();
    }

    @Test
    void everyModuleHasTheCheck() {
        assertThat(ServiceLoader.load(Extension.class)).hasAtLeastOneElementOfType(LeakedThreads.class);
        assertThat(getClass().getResource("/junit-platform.properties")).isNotNull();
    }

    private static void await(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
