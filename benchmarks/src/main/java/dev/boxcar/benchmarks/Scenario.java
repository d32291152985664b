package dev.boxcar.benchmarks;

/** Something to measure. */
interface Scenario {

    /** Its name on the command line and in files. */
    String name();

    /** What it shows, in one line. */
    String purpose();

    /** Measures, and hands each value to {@link Bench#record}. */
    void run(Bench bench) throws Exception;
}
