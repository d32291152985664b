package dev.boxcar.chaos;

import dev.boxcar.examples.support.TemporaryFolder;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command line of campaigns. The exit code is 0 when every guarantee held, 1 when one did not or something else failed, 2 for
 * wrong usage.
 */
@Command(
        name = "chaos/run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Injects faults into relays, database, broker and network, and proves that no message was lost, invented or put out "
                    + "of order. Starts all servers by itself.",
            ""
        })
public final class ChaosCommand implements Callable<Integer> {

    private static final double SHORTEST_OUTAGE_SECONDS = 30;
    private static final double PEAK_SECONDS = 60;
    private static final double SAMPLE_SECONDS = 5;

    private static volatile boolean ending;

    private final PrintStream out;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How long; every kind of fault happens at least once. Default: 3, with --soak 30.")
    private @Nullable Double minutes;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description =
                    "Decides which fault comes when. The real servers decide the rest. Default: a random one, which is shown.")
    private @Nullable Long seed;

    @Option(
            names = "--database",
            paramLabel = "NAME",
            defaultValue = "postgresql",
            description = "postgresql, mariadb or mysql. Default: ${DEFAULT-VALUE}.")
    private DatabaseKind database = DatabaseKind.POSTGRESQL;

    @Option(
            names = "--transactional",
            description = "Relays send in Kafka transactions, and only committed messages are read.")
    private boolean transactional;

    @Option(names = "--only", paramLabel = "REGEX", defaultValue = ".*", description = "Only these kinds of faults.")
    private String only = ".*";

    @Option(names = "--outage", description = "Instead: the broker is away while --messages pile up.")
    private boolean outage;

    @Option(
            names = "--messages",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "How many pile up in an outage. Default: ${DEFAULT-VALUE}.")
    private long messages = 1_000_000;

    @Option(
            names = "--soak",
            description = "Instead: a long time with mild faults, in which nothing may creep upwards.")
    private boolean soak;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description =
                    "Messages a second of a soak. Default: half of the highest rate, which is measured for a minute.")
    private @Nullable Double rate;

    @Option(
            names = "--curve",
            paramLabel = "NAME",
            defaultValue = "soak",
            description = "The curve of a soak goes to NAME.csv and NAME.svg. Default: ${DEFAULT-VALUE}.")
    private String curve = "soak";

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result to this file, as a JSON object.")
    private @Nullable Path json;

    @Option(
            names = "--logs",
            paramLabel = "FOLDER",
            description = "Keep the relays' logs in this folder. Default: they are thrown away.")
    private @Nullable Path logs;

    @Option(names = "--broken", hidden = true, description = "Break a guarantee on purpose: ${COMPLETION-CANDIDATES}.")
    private Set<Sabotage.Mode> broken = Set.of();

    private ChaosCommand(PrintStream out) {
        this.out = out;
    }

    /** Runs a campaign and ends the virtual machine with its exit code. */
    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ending = true, "chaos-end"));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        CommandLine command = new CommandLine(new ChaosCommand(out))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    // After Ctrl-C the servers vanish below the campaign's feet: nothing to tell.
                    if (!ending) {
                        System.err.println("chaos: " + e);
                        e.printStackTrace();
                    }
                    return 1;
                });
        System.exit(command.execute(args));
    }

    @Override
    public Integer call() throws Exception {
        try (TemporaryFolder temporary = new TemporaryFolder("chaos")) {
            Path folder = logs == null ? temporary.path() : Files.createDirectories(logs);
            if (outage && soak) {
                throw new ParameterException(spec.commandLine(), "--outage and --soak are two runs; which one?");
            }
            return outage ? outage(folder) : soak ? soak(folder) : campaign(folder);
        }
    }

    private int outage(Path folder) throws Exception {
        if (messages < 1_000) {
            throw new ParameterException(spec.commandLine(), "--messages (" + messages + ") must be at least 1000");
        }
        out.printf(Locale.ROOT, "An outage: the broker is away while %,d messages pile up%n", messages);
        Checks checks;
        try (Outage run = new Outage(messages, SHORTEST_OUTAGE_SECONDS, folder, new Progress(out))) {
            checks = run.run();
        }
        out.println(checks.text());
        return end(checks.ok(), checks.json());
    }

    private int soak(Path folder) throws Exception {
        Soak.Settings settings =
                new Soak.Settings(minutes == null ? 30 : minutes, rate, PEAK_SECONDS, SAMPLE_SECONDS, theSeed());
        out.printf(Locale.ROOT, "A soak: %.1f minutes, seed %d%n", settings.minutes(), settings.seed());
        Checks checks;
        try (Soak run = new Soak(settings, folder, new Progress(out))) {
            checks = run.run();
            run.curve().write(Path.of(curve + ".csv"), Path.of(curve + ".svg"));
        }
        out.println(checks.text());
        out.println("The curve is in " + curve + ".csv and " + curve + ".svg");
        return end(checks.ok(), checks.json());
    }

    private long theSeed() {
        return seed == null ? new Random().nextInt(1_000_000) : seed;
    }

    private int campaign(Path folder) throws Exception {
        CampaignSettings settings;
        try {
            settings = new CampaignSettings(
                    minutes == null ? 3 : minutes,
                    theSeed(),
                    database,
                    transactional,
                    CampaignSettings.GUARANTEED_TAKEOVER,
                    broken,
                    only);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        out.println("A campaign: " + settings.text());
        Verdict verdict;
        try (Campaign campaign = new Campaign(settings, folder, new Progress(out))) {
            verdict = campaign.run();
        }
        out.println(verdict.text());
        return end(verdict.checks().ok(), verdict.json());
    }

    private int end(boolean ok, String result) throws Exception {
        Path file = json;
        if (file != null) {
            Files.writeString(file, result + "\n");
        }
        return ok ? 0 : 1;
    }
}
