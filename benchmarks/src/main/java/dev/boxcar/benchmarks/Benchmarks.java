package dev.boxcar.benchmarks;

import dev.boxcar.benchmarks.peers.Peers;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

    @Parameters(paramLabel = "SCENARIO", description = "What to measure; all if none is named.")
    private List<String> scenarios = List.of();

    @Option(
            names = "--messages",
            paramLabel = "N",
            description = "How many messages a run of the fastest has (200,000).")
    private int messages;

    @Option(names = "--rounds", paramLabel = "N", description = "How often each contestant's run counts (5).")
    private int rounds;

    @Option(names = "--only", paramLabel = "CONTESTANT", split = ",", description = "Only these contestants.")
    private List<String> only = List.of();

    @Option(names = "--quick", description = "Small sizes, few rounds: all scenarios in some minutes.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Where to write all values.")
    private @Nullable Path json;

    private Benchmarks() {}

    /** Runs the command. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Benchmarks()).execute(args));
    }

    private List<Scenario> all() {
        List<Contestant> boxcar =
                only(List.of(new LimitContestant(), BoxcarContestant.TUNED, BoxcarContestant.DEFAULT));
        List<Contestant> all = new ArrayList<>(boxcar);
        all.addAll(only(Peers.all()));
        return List.of(
                new DrainScenario(all),
                new SteadyScenario(
                        only(List.of(BoxcarContestant.DEFAULT, BoxcarContestant.POLLING, BoxcarContestant.NOTIFY))),
                new WriterScenario(only(List.of(BoxcarContestant.DEFAULT))),
                new HostileScenario(only(List.of(BoxcarContestant.DEFAULT))),
                new DownDestinationScenario(),
                new BacklogScenario(),
                new HotKeyScenario(boxcar),
                new NamespacesScenario(only(List.of(new LimitContestant(), BoxcarContestant.TUNED))),
                new ScaleOutScenario(),
                new CostScenario(only(List.of(BoxcarContestant.DEFAULT, BoxcarContestant.TUNED))),
                new LargeScenario(boxcar));
    }

    private List<Contestant> only(List<Contestant> contestants) {
        return contestants.stream()
                .filter(each -> only.isEmpty() || only.contains(each.name()))
                .toList();
    }

    @Override
    public Integer call() throws Exception {
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
                messages > 0 ? messages : quick ? 40_000 : 200_000, rounds > 0 ? rounds : quick ? 1 : 5, quick);
        Report report = new Report();
        PrintStream out = System.out;
        try (Bench bench = new Bench(size, report, out)) {
            for (String name : scenarios.isEmpty() ? known.keySet() : scenarios) {
                Scenario scenario = Objects.requireNonNull(known.get(name));
                out.printf("%n%s: %s%n", name, scenario.purpose());
                bench.begin(name);
                scenario.run(bench);
                out.println();
                report.print(name, out);
                if (json != null) {
                    Files.writeString(json, report.json(), StandardCharsets.UTF_8);
                }
            }
        }
        return 0;
    }
}
