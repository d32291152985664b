package dev.boxcar.examples.bank;

import dev.boxcar.examples.support.TemporaryFolder;
import dev.boxcar.examples.support.Terminals;
import dev.boxcar.testservers.KafkaServer;
import dev.boxcar.testservers.PostgresServer;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The demo's command line: starts a real PostgreSQL and a real Kafka, runs the demo on them, and leaves nothing behind. The exit
 * code is 0 when every guarantee held, 1 when one did not or something else failed, 2 for wrong usage.
 */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Moves money between accounts, kills a relay in the middle, and proves that no message was lost, invented or put "
                    + "out of order.",
            ""
        })
public final class BankDemo implements Callable<Integer> {

    private static volatile boolean ending;

    private final PrintStream out;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "16",
            description = "How long money is moved. Default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(names = "--transfers", paramLabel = "N", description = "How many transfers are made, instead of --seconds.")
    private @Nullable Integer transfers;

    @Option(
            names = "--accounts",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many accounts there are. Default: ${DEFAULT-VALUE}.")
    private int accounts;

    @Option(
            names = "--writers",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many writers move money at once. Default: ${DEFAULT-VALUE}.")
    private int writers;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result to this file, as a JSON object.")
    private @Nullable Path json;

    @Option(names = "--broken", hidden = true, description = "Break a guarantee on purpose: ${COMPLETION-CANDIDATES}.")
    private Sabotage.Mode broken = Sabotage.Mode.NONE;

    private BankDemo(PrintStream out) {
        this.out = out;
    }

    /** Runs the demo and ends the virtual machine with its exit code. */
    public static void main(String[] args) {
        System.setProperty("logback.configurationFile", "dev/boxcar/examples/bank/logback.xml");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ending = true, "demo-end"));
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.exit(commandLine(out).execute(args));
    }

    private static CommandLine commandLine(PrintStream out) {
        return new CommandLine(new BankDemo(out))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    // After Ctrl-C the servers vanish below the demo's feet: nothing to tell.
                    if (!ending) {
                        Throwable failure = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
                        System.err.println("demo: " + failure.getMessage());
                    }
                    return 1;
                });
    }

    @Override
    public Integer call() throws Exception {
        DemoSettings settings;
        try {
            settings = new DemoSettings(Duration.ofSeconds(seconds), transfers, accounts, writers, broken);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        Verdict verdict = run(settings);
        out.println(verdict.text());
        Path file = json;
        if (file != null) {
            Files.writeString(file, verdict.json() + "\n");
        }
        return verdict.ok() ? 0 : 1;
    }

    private Verdict run(DemoSettings settings) throws Exception {
        Progress progress = Terminals.isInteractive() ? new TerminalProgress(out) : new PlainProgress(out);
        announce(settings);
        CompletableFuture<KafkaServer> startingKafka = CompletableFuture.supplyAsync(KafkaServer::start);
        try (TemporaryFolder folder = new TemporaryFolder("demo");
                PostgresServer postgres = PostgresServer.start();
                KafkaServer kafka = startingKafka.join()) {
            progress.event(postgres.name() + " and " + kafka.name() + " are running");
            return new DemoRun(
                            settings, postgres.newDatabase("bank"), kafka.bootstrapServers(), folder.path(), progress)
                    .run();
        }
    }

    private void announce(DemoSettings settings) {
        out.printf(
                "%d writers move money between %,d accounts in PostgreSQL and publish each change in the same transaction.%n",
                settings.writers(), settings.accounts());
        out.println("Two relays carry the messages to Kafka; one is killed with -9 on the way, and a third one joins.");
        out.println("A consumer rebuilds every balance from the messages alone. In the end both sides are compared.");
    }
}
