package dev.boxcar.benchmarks.peers;

import dev.boxcar.benchmarks.Contestant;
import java.util.List;

/** The contestants that Boxcar is measured beside. */
public final class Peers {

    private Peers() {}

    /** All of them, in the order of the tables. */
    public static List<Contestant> all() {
        return List.of(
                new SeedContestant(),
                new GruelboxContestant(),
                new NamastackContestant(),
                new ModulithContestant(),
                new DebeziumContestant());
    }

    /** Those that people use: all but the plain algorithm. */
    public static List<Contestant> libraries() {
        return all().stream()
                .filter(contestant -> !(contestant instanceof SeedContestant))
                .toList();
    }

    /** As many messages as a contestant that is slower by some factor needs for a run of some seconds; not too few to measure. */
    static int fraction(int messages, int divisor) {
        return Math.min(messages, Math.max(500, messages / divisor));
    }
}
