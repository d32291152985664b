package dev.boxcar.relay;

import dev.boxcar.OutboxListener;
import dev.boxcar.Publisher;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code boxcar relay}. */
@Command(
        name = "relay",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        versionProvider = Version.class,
        description = {
            "Publishes the messages of an outbox until it is stopped.",
            "",
            "Any number of relays share the work of one outbox; when one dies, the others take over. Without any option it "
                    + "runs on an embedded database and writes to standard output, to try it out.",
            ""
        },
        footer = {
            "",
            "A signal to stop (SIGTERM, SIGINT) lets it finish what is under way and give its claims back; the exit code is "
                    + "then 143 or 130. A database or broker that is down is waited for."
        })
final class RelayCommand implements Callable<Integer> {

    /** How long a call waits for a connection; a processor tries again anyway. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final Io io;
    private final StopSignal stop = new StopSignal();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Mixin
    private DatabaseOptions databaseOptions = new DatabaseOptions();

    @Mixin
    private CreateSchemaOption createSchema = new CreateSchemaOption();

    @Mixin
    private ListenOptions listen = new ListenOptions();

    @Mixin
    private DestinationOptions destination = new DestinationOptions();

    @Mixin
    private ProcessorOptions processor = new ProcessorOptions();

    @Mixin
    private MetricsOptions metricsOptions = new MetricsOptions();

    @Mixin
    private EventOptions eventOptions = new EventOptions();

    @Option(names = "--exit-on-stdin-close", hidden = true, description = "Stop when standard input ends.")
    private boolean exitOnStdinClose;

    RelayCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() {
        try {
            destination.check(databaseOptions.embedded());
            eventOptions.check(destination.target() == null);
            processor.settings();
            listen.check(databaseOptions);
            metricsOptions.check();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), SettingOptions.inOptionNames(spec, String.valueOf(e.getMessage())), e);
        }
        if (exitOnStdinClose) {
            StandardInput.whenClosed(io.in(), stop::request);
        }
        StopSignal.OnSignal signals = stop.onSignal();
        try {
            carry();
        } finally {
            signals.close();
        }
        String failure = stop.failure();
        if (failure != null) {
            throw new CommandFailure(failure);
        }
        return ExitCode.OK;
    }

    private void carry() {
        TargetOptions target = destination.target();
        if (target != null) {
            try (TargetOptions.Opened opened =
                    destination.open(target, processor.settings().publishTimeout())) {
                carryTo(opened.publisher(), target.title());
            }
        } else {
            Runnable whenClosed = () -> stop.fail("standard output was closed; what nobody read stays in the outbox");
            try (StdoutPublisher publisher = new StdoutPublisher(io.out(), whenClosed)) {
                carryTo(publisher, "standard output");
            }
        }
    }

    private void carryTo(Publisher publisher, String name) {
        boolean create = createSchema.create || databaseOptions.embedded();
        try (EventLog events = eventOptions.open(io);
                OpenStorage database =
                        OpenStorage.open(databaseOptions, create, PATIENCE, metricsOptions.wanted(), io);
                MetricsServer metrics = metricsOptions.open()) {
            if (databaseOptions.embedded()) {
                sayHowToTryIt();
            }
            database.wakes(listen.source(databaseOptions, database.storage(), io));
            Relay relay = new Relay(
                    database,
                    publisher,
                    processor,
                    listeners(events, metrics == null ? null : metrics.listener()),
                    stop);
            if (metrics != null) {
                metrics.watch(relay.outbox(), database.storage(), database.pool());
            }
            relay.run(name);
        }
    }

    private static List<OutboxListener> listeners(@Nullable OutboxListener... wanted) {
        return Stream.of(wanted).filter(Objects::nonNull).toList();
    }

    private void sayHowToTryIt() {
        String file = DatabaseOptions.EMBEDDED_FILE.toAbsolutePath().toString();
        io.err().println("No --url given: trying out with an embedded SQLite database, " + file);
        io.err()
                .println(
                        "Messages go to standard output as JSON lines. Write a first one from another terminal, in this folder:");
        io.err().println("    boxcar publish --key k1 --payload hello");
        io.err()
                .println("or  sqlite3 " + DatabaseOptions.EMBEDDED_FILE + " \"insert into " + databaseOptions.table
                        + " (message_key, payload) values ('k1', 'hello')\"");
        io.err().println("Ctrl-C stops it. To use your own: boxcar relay --url jdbc:postgresql://… --kafka host:9092");
    }
}
