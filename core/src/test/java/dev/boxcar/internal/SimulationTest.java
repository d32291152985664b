package dev.boxcar.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Many simulated lives of several processors under faults. To look into one: {@code -Dboxcar.simulation.seed=N}. */
class SimulationTest {

    private static final int LIVES = 1_000;

    @Test
    void nothingIsLostInventedOrReorderedWhateverFails() {
        ((ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger("dev.boxcar.internal"))
                .setLevel(ch.qos.logback.classic.Level.OFF);
        Long only = Long.getLong("boxcar.simulation.seed");
        long first = only != null ? only : 1;
        long last = only != null ? only : Integer.getInteger("boxcar.simulation.lives", LIVES);
        for (long seed = first; seed <= last; seed++) {
            Simulation simulation = new Simulation(seed);
            String wrong = simulation.run();
            if (only != null) {
                simulation.log().forEach(System.out::println);
            }
            assertThat(wrong).as("seed %d", seed).isEmpty();
        }
    }
}
