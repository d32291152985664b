package dev.boxcar.benchmarks;

import java.time.Duration;

/** Something to measure. */
interface Scenario {

    /** Its name on the command line and in files. */
    String name();

    /** What it shows, in one line. */
    String purpose();

    /** Its share of the time of all scenarios: no round begins that would end later. One round there is always. */
    default Duration time() {
        return Duration.ofSeconds(100);
    }

    /** Measures, and hands each value to {@link Bench#record}. */
    void run(Bench bench) throws Exception;
}
