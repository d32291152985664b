package dev.boxcar.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DrainTest {

    private static final Duration INTERVAL = Duration.ofSeconds(15);
    private static final Duration LONG = Duration.ofHours(1);

    private final Drain drain = new Drain(INTERVAL);
    private long now;

    private double look(long pending, Duration oldest) {
        now += INTERVAL.toNanos();
        return drain.seconds(now, pending, oldest);
    }

    @Test
    void aBacklogIsGoneAtThePaceOfTheLastLooks() {
        assertThat(look(100_000, LONG)).isNaN();
        assertThat(look(85_000, LONG)).isEqualTo(85);
        assertThat(look(70_000, LONG)).isEqualTo(70);
    }

    @Test
    void aBacklogThatGrowsOrStandsIsNeverGone() {
        look(100_000, LONG);
        assertThat(look(100_000, LONG)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(look(110_000, LONG)).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void whatHappenedLongAgoDoesNotCount() {
        for (int i = 0; i < 10; i++) {
            look(1_000, LONG);
        }
        look(2_000, LONG);
        double seconds = 0;
        for (int i = 0; i < 7; i++) {
            seconds = look(2_000 - 150 * (i + 1), LONG);
        }
        assertThat(seconds).isEqualTo(950 / 10.0);
    }

    @Test
    void aFlowThatGoesAsFastAsItComesIsNoBacklog() {
        look(10, Duration.ofMillis(50));
        assertThat(look(20, Duration.ofMillis(50))).isEqualTo(0.05);
        assertThat(drain.seconds(now + 1, 0, null)).isZero();
    }
}
