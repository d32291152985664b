package dev.boxcar.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.kafka.ProducerSettings.Timing;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WindowTest {

    private static final long MOST = 4 << 20;
    /** Of a client that has 600 ms. */
    private static final long QUICK = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long SO_SO = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long SLOW = TimeUnit.MILLISECONDS.toNanos(400);

    private final Window window = new Window(Timing.of(Duration.ofSeconds(1)), MOST);
    private long now = System.nanoTime();

    @Test
    void aClientThatHasNotShownAnythingIsHandedLittle() {
        assertThat(window.take(Window.SMALLEST - 1)).isTrue();
        assertThat(window.take(2)).isFalse();
        window.giveBack(1);
        assertThat(window.take(2)).isTrue();
    }

    @Test
    void oneRecordHasRoomHoweverLargeItIs() {
        assertThat(window.take(MOST + 1)).isTrue();
        assertThat(window.take(1)).isFalse();
    }

    @Test
    void eachRoundThatIsAcknowledgedQuicklyDoublesItUpToTheMost() {
        long expected = Window.SMALLEST;
        for (int round = 0; round < 10; round++) {
            assertThat(window.room()).isEqualTo(Math.min(expected, MOST));
            round(QUICK);
            expected *= 2;
        }
    }

    @Test
    void whatIsNotUsedShowsNothing() {
        for (int i = 0; i < 10_000; i++) {
            acknowledge(1_000, QUICK);
        }
        assertThat(window.room()).isEqualTo(Window.SMALLEST);
    }

    @Test
    void itStaysWhileAcknowledgementsAreSoSoAndShrinksOnceForARoundThatIsSlow() {
        round(QUICK);
        round(QUICK);
        assertThat(window.room()).isEqualTo(4 * Window.SMALLEST);

        round(SO_SO);
        assertThat(window.room()).isEqualTo(4 * Window.SMALLEST);
        round(SLOW);
        assertThat(window.room()).isEqualTo(2 * Window.SMALLEST);
        round(SLOW);
        round(SLOW);
        assertThat(window.room()).isEqualTo(Window.SMALLEST);
    }

    @Test
    void brokersAnswerOnceTheyHaveAcknowledgedSomethingLately() {
        assertThat(window.answers(System.nanoTime())).isFalse();
        acknowledge(1, QUICK);
        assertThat(window.answers(now + QUICK)).isTrue();
        assertThat(window.answers(now + SLOW)).isFalse();
    }

    /** Takes all the room in eight parts and acknowledges them; as before a dispatcher takes what becomes free. */
    private void round(long nanos) {
        long part = window.room() / 8;
        int underWay = 8;
        for (int i = 0; i < underWay; i++) {
            assertThat(window.take(part)).isTrue();
        }
        long takenAt = now + 1;
        now = takenAt + nanos;
        for (int i = 0; i < 8; i++) {
            window.acknowledged(part, takenAt, now);
            underWay += window.take(part) ? 0 : -1;
        }
        window.giveBack(underWay * part);
    }

    private void acknowledge(long cost, long nanos) {
        assertThat(window.take(cost)).isTrue();
        long takenAt = now + 1;
        now = takenAt + nanos;
        window.acknowledged(cost, takenAt, now);
    }
}
