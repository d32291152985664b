package dev.boxcar.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Whole lives of several processors, and systems with one fault built in that must be noticed. To run more, or to look into one:
 * {@code core/simulate}.
 */
class SimulationTest {

    private static final int LIVES = Integer.getInteger("boxcar.simulation.lives", 50_000);
    private static final int BUDGET = 2_000;
    private static final int THREADS = 2;

    @BeforeAll
    static void quietenTheLog() {
        Campaign.quietenTheLog();
    }

    @Test
    void nothingIsLostInventedReorderedOrRepeatedWithoutAReason() throws InterruptedException {
        long started = System.nanoTime();
        Campaign campaign = new Campaign(Variant.SOUND, 1, LIVES);

        Campaign.Failure failure = campaign.run(THREADS);

        System.out.println("simulation: " + campaign + ", in "
                + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started) + " s");
        assertThat(failure).isNull();
        // Lives in which nothing happens prove nothing.
        for (Plan.Kind kind : Plan.Kind.values()) {
            assertThat(campaign.lives(kind)).as("lives of kind %s", kind).isGreaterThan(LIVES / 20);
        }
        assertThat(campaign.messages()).isGreaterThan(50L * LIVES);
        assertThat(campaign.duplicates()).isGreaterThan(LIVES / 2);
        assertThat(campaign.dead()).isGreaterThan(LIVES / 4);
    }

    @ParameterizedTest
    @EnumSource(value = Variant.class, mode = Mode.EXCLUDE, names = "SOUND")
    void aSystemWithAFaultIsNoticed(Variant variant) throws InterruptedException {
        Campaign campaign = new Campaign(variant, 1, BUDGET);

        Campaign.Failure failure = campaign.run(THREADS);

        assertThat(failure).as("%s in %s lives", variant, BUDGET).isNotNull();
        System.out.println("simulation: " + variant + " is noticed after " + campaign.lives() + " lives: "
                + Objects.requireNonNull(failure).verdict().violations().get(0));
    }

    @Test
    void aSeedReplaysExactly() {
        Set<Long> traces = new HashSet<>();
        for (long seed = 1; seed <= 40; seed++) {
            Life.Verdict first = new Life(seed, Variant.SOUND, true).run();
            Life.Verdict again = new Life(seed, Variant.SOUND, true).run();
            assertThat(again.log()).as("seed %s", seed).isEqualTo(first.log());
            assertThat(again.trace()).isEqualTo(first.trace());
            traces.add(first.trace());
        }
        assertThat(traces).as("different seeds, different lives").hasSize(40);
    }

    /** Orders that differ from one run of the JVM to the next, as those of immutable sets, must not matter. */
    @Test
    void aSeedReplaysExactlyInAnotherJvm() throws IOException, InterruptedException {
        List<String> here = new ArrayList<>();
        LongStream.rangeClosed(1, 40)
                .forEach(seed -> here.add(Long.toHexString(
                        new Life(seed, Variant.SOUND, false).run().trace())));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process other = new ProcessBuilder(
                        java, "-cp", System.getProperty("java.class.path"), Simulate.class.getName(), "--traces", "40")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String there = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(other.waitFor()).isZero();
        assertThat(there.lines()).containsExactlyElementsOf(here);
    }
}
