package dev.boxcar.benchmarks;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code benchmarks/run}. */
@Command(
        name = "benchmarks/run",
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

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    private Benchmarks() {}

    /** Runs the command. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Benchmarks()).execute(args));
    }

    private List<Scenario> all() {
        List<Contestant> drain = List.of(new LimitContestant(), BoxcarContestant.TUNED, BoxcarContestant.DEFAULT);
        return List.of(new DrainScenario(drain.stream()
                .filter(each -> only.isEmpty() || only.contains(each.name()))
                .toList()));
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
        try (Bench bench = new Bench(size, report, System.out)) {
            for (String name : scenarios.isEmpty() ? known.keySet() : scenarios) {
                Scenario scenario = known.get(name);
                System.out.printf("%n%s: %s%n", name, scenario.purpose());
                bench.begin(name);
                scenario.run(bench);
                System.out.println();
                report.print(name, System.out);
                if (json != null) {
                    Files.writeString(json, report.json(), StandardCharsets.UTF_8);
                }
            }
        }
        return 0;
    }
}
