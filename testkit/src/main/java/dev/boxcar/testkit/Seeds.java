package dev.boxcar.testkit;

import java.util.concurrent.ThreadLocalRandom;

/** Where random tests get their seed from: {@code -Dboxcar.seed=…} replays one. */
final class Seeds {

    /** The system property that fixes the seed. */
    static final String PROPERTY = "boxcar.seed";

    private Seeds() {}

    static long next() {
        Long fixed = Long.getLong(PROPERTY);
        return fixed != null ? fixed : ThreadLocalRandom.current().nextLong(1_000_000_000);
    }

    /** Runs a random test so that its failure tells how to replay it. */
    static void run(long seed, Runnable test) {
        try {
            test.run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "failed with seed " + seed + " (replay: -D" + PROPERTY + "=" + seed + "): " + e, e);
        }
    }
}
