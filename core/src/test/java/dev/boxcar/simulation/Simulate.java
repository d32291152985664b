package dev.boxcar.simulation;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The simulation by command: {@code core/simulate}. */
final class Simulate {

    private static final String USAGE = """
            Simulates lives of several processors under faults, until one goes wrong.

              core/simulate                  without end, from a random seed
              core/simulate --minutes M      for so long
              core/simulate --lives N        so many
              core/simulate --from SEED      beginning with this seed
              core/simulate --seed SEED      this life only, with all that happens in it
              core/simulate --variant NAME   a system with one fault built in

            Exit status: 0 when all was well, 1 when a life went wrong, 2 when it is called in a wrong way.
            """;

    private static final long PROGRESS_SECONDS = 10;

    private long minutes = Long.MAX_VALUE;
    private long lives = Long.MAX_VALUE;
    private long from = ThreadLocalRandom.current().nextLong(1, 1_000_000_000_000L);
    private @Nullable Long seed;
    private Variant variant = Variant.SOUND;

    private Simulate() {}

    public static void main(String[] args) throws InterruptedException {
        if (args.length == 2 && args[0].equals("--traces")) {
            traces(Integer.parseInt(args[1]));
            return;
        }
        Simulate simulate = new Simulate();
        try {
            simulate.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(USAGE);
            System.exit(2);
        }
        System.exit(simulate.seed != null ? simulate.one(simulate.seed) : simulate.many());
    }

    private static void traces(int count) {
        Campaign.quietenTheLog();
        for (long each = 1; each <= count; each++) {
            System.out.println(
                    Long.toHexString(new Life(each, Variant.SOUND, false).run().trace()));
        }
    }

    private void parse(String[] args) {
        for (int i = 0; i < args.length; i += 2) {
            if (i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + " needs a value, or is unknown");
            }
            String value = args[i + 1];
            switch (args[i]) {
                case "--minutes" -> minutes = positive(args[i], value);
                case "--lives" -> lives = positive(args[i], value);
                case "--from" -> from = positive(args[i], value);
                case "--seed" -> seed = positive(args[i], value);
                case "--variant" -> variant = Variant.valueOf(value);
                default -> throw new IllegalArgumentException("unknown option: " + args[i]);
            }
        }
    }

    private static long positive(String option, String value) {
        try {
            long number = Long.parseLong(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(option + " needs a number above 0, not " + value);
    }

    private int one(long theSeed) {
        new Campaign(variant, 1, 0); // quietens the log
        Life.Verdict verdict = new Life(theSeed, variant, true).run();
        verdict.log().forEach(System.out::println);
        System.out.println(verdict.violations().isEmpty() ? "all is well" : "WRONG:");
        verdict.violations().forEach(System.out::println);
        return verdict.violations().isEmpty() ? 0 : 1;
    }

    private int many() throws InterruptedException {
        long last = lives == Long.MAX_VALUE ? Long.MAX_VALUE - 1 : from + lives - 1;
        Campaign campaign = new Campaign(variant, from, last);
        Thread progress = new Thread(() -> report(campaign), "progress");
        progress.setDaemon(true);
        progress.start();
        Campaign.Failure failure = campaign.run(Runtime.getRuntime().availableProcessors());
        System.out.println(campaign);
        if (failure != null) {
            System.out.println("WRONG: " + failure + (variant == Variant.SOUND ? "" : " --variant " + variant));
            return 1;
        }
        System.out.println("all is well");
        return 0;
    }

    private void report(Campaign campaign) {
        long started = System.nanoTime();
        long end = minutes > 1_000_000 ? Long.MAX_VALUE : TimeUnit.MINUTES.toNanos(minutes);
        long before = 0;
        while (true) {
            try {
                TimeUnit.SECONDS.sleep(PROGRESS_SECONDS);
            } catch (InterruptedException e) {
                return;
            }
            long elapsed = System.nanoTime() - started;
            System.out.printf(
                    "%6d s  %,d lives/s  %s%n",
                    TimeUnit.NANOSECONDS.toSeconds(elapsed), (campaign.lives() - before) / PROGRESS_SECONDS, campaign);
            before = campaign.lives();
            if (elapsed >= end) {
                campaign.stop();
            }
        }
    }
}
