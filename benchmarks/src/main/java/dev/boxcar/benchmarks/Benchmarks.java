package dev.boxcar.benchmarks;

import dev.boxcar.benchmarks.peers.Peers;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code benchmarks/run}. */
@Command(
        name = "benchmarks/run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures Boxcar beside the limit and other outboxes. Every run is checked: all arrived, in order per key.")
public final class Benchmarks implements Callable<Integer> {

    private static final int USUAL_MESSAGES = 200_000;
    private static final int QUICK_MESSAGES = 40_000;
    private static final int USUAL_ROUNDS = 5;

    @Parameters(paramLabel = "SCENARIO", description = "What to measure; all if none is named.")
    private List<String> scenarios = List.of();

    @Option(
            names = "--messages",
            paramLabel = "N",
            description =
                    "How many messages a run of the fastest has. If not given: 200,000; hostile 400,000, scale-out "
                            + "400,000, down-destination 1,000,000 (waiting), backlog 3,000,000.")
    private int messages;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description =
                    "How often each contestant's run counts at most, however long that takes. If not given: as often as "
                            + "the scenario's share of half an hour allows.")
    private int rounds;

    @Option(names = "--only", paramLabel = "CONTESTANT", split = ",", description = "Only these contestants.")
    private List<String> only = List.of();

    @Option(
            names = "--quick",
            description =
                    "Small sizes, one round, peers in drain only (or if named with --only): all in less than 5 minutes.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write all values.")
    private @Nullable Path json;

    @Option(names = "--from", paramLabel = "FILE", description = "Measure nothing; take the values of this JSON file.")
    private @Nullable Path from;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Where to write the tables for a document.")
    private @Nullable Path markdown;

    @Option(names = "--plot", paramLabel = "DIR", description = "Where to draw: drain.svg, hostile.svg, backlog.svg.")
    private @Nullable Path plots;

    private Benchmarks() {}

    /** Runs the command. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Benchmarks()).execute(args));
    }

    private List<Scenario> all() {
        List<Contestant> boxcar =
                only(List.of(new LimitContestant(), BoxcarContestant.TUNED, BoxcarContestant.DEFAULT));
        List<Contestant> peers = quick && only.isEmpty() ? List.of() : Peers.libraries();
        return List.of(
                new DrainScenario(with(boxcar, Peers.all())),
                new DatabasesScenario(this::isWanted),
                new SteadyScenario(with(
                        List.of(BoxcarContestant.DEFAULT, BoxcarContestant.POLLING, BoxcarContestant.NOTIFY), peers)),
                new WriterScenario(with(List.of(BoxcarContestant.DEFAULT), peers)),
                new HostileScenario(only(List.of(BoxcarContestant.DEFAULT))),
                new DownDestinationScenario(),
                new BacklogScenario(),
                new HotKeyScenario(boxcar),
                new NamespacesScenario(only(List.of(new LimitContestant(), BoxcarContestant.TUNED))),
                new ScaleOutScenario(),
                new CostScenario(with(List.of(BoxcarContestant.DEFAULT, BoxcarContestant.TUNED), peers)),
                new LargeScenario(boxcar));
    }

    private List<Contestant> with(List<? extends Contestant> some, List<? extends Contestant> more) {
        List<Contestant> all = new ArrayList<>(some);
        all.addAll(more);
        return only(all);
    }

    private List<Contestant> only(List<? extends Contestant> contestants) {
        return contestants.stream()
                .filter(this::isWanted)
                .map(Contestant.class::cast)
                .toList();
    }

    private boolean isWanted(Contestant contestant) {
        return only.isEmpty() || only.contains(contestant.name());
    }

    @Override
    public Integer call() throws Exception {
        if (from != null) {
            return write(Row.read(from));
        }
        Map<String, Scenario> known = new LinkedHashMap<>();
        all().forEach(scenario -> known.put(scenario.name(), scenario));
        for (String name : scenarios) {
            if (!known.containsKey(name)) {
                System.err.println(
                        "there is no scenario '" + name + "'; there are: " + String.join(", ", known.keySet()));
                return CommandLine.ExitCode.USAGE;
            }
        }
        Bench.Size size = new Bench.Size(
                messages > 0 ? messages : quick ? QUICK_MESSAGES : USUAL_MESSAGES,
                messages > 0,
                rounds > 0 ? rounds : quick ? 1 : USUAL_ROUNDS,
                quick,
                rounds == 0);
        Report report = new Report();
        List<String> failed = new ArrayList<>();
        long begun = System.nanoTime();
        PrintStream out = System.out;
        try (Bench bench = new Bench(size, report, out)) {
            System.out.println(bench.machine());
            for (String name : scenarios.isEmpty() ? known.keySet() : scenarios) {
                if (!measure(bench, report, Objects.requireNonNull(known.get(name)))) {
                    failed.add(name);
                }
                write(report.rows());
            }
        }
        System.out.printf("%ntargets%n");
        Tables.printTargets(report.rows(), System.out);
        System.out.printf("%nall of it took %s%n", since(begun));
        failed.forEach(name -> System.out.println("FAILED: " + name));
        return failed.isEmpty() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }

    /** Whether it came to its end. The others are worth something even if it did not. */
    @SuppressWarnings("CatchAndPrintStackTrace") // for whoever runs this
    private static boolean measure(Bench bench, Report report, Scenario scenario) {
        long begun = System.nanoTime();
        System.out.printf("%n%s: %s%n", scenario.name(), scenario.purpose());
        try {
            bench.run(scenario);
        } catch (Exception e) {
            e.printStackTrace();
            return false;
        }
        System.out.println();
        Tables.print(scenario.name(), report.rows(), System.out);
        bench.setups().forEach((contestant, setup) -> System.out.printf("  %s: %s%n", contestant, setup));
        System.out.printf("  took %s%n", since(begun));
        return true;
    }

    /** What was measured so far, wherever somebody wants it. */
    private int write(List<Row> rows) throws IOException {
        if (json != null) {
            Files.writeString(json, Row.json(rows), StandardCharsets.UTF_8);
        }
        if (markdown != null) {
            Files.writeString(markdown, Tables.markdown(rows), StandardCharsets.UTF_8);
        }
        if (plots != null) {
            Plots.draw(rows, plots);
        }
        return CommandLine.ExitCode.OK;
    }

    private static String since(long begun) {
        long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
        return seconds / 60 + " min " + seconds % 60 + " s";
    }
}
