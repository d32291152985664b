package dev.boxcar.relay;

import dev.boxcar.DeadLetter;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.DeadLetters;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code boxcar dead}: what could not be published. */
@Command(
        name = "dead",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Lists, replays or purges messages that could not be published.")
final class DeadCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** With its subcommands. */
    static CommandLine create(Io io) {
        return new CommandLine(new DeadCommand())
                .addSubcommand(new ListThem(io))
                .addSubcommand(new Replay(io))
                .addSubcommand(new Purge(io));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "which command? " + spec.subcommands().keySet());
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            abbreviateSynopsis = true,
            versionProvider = Version.class,
            description = {"Lists dead letters, oldest first, with their reasons but without keys and payloads.", ""})
    private static final class ListThem implements Callable<Integer> {

        private final Io io;

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Mixin
        private DatabaseOptions databaseOptions = new DatabaseOptions();

        @Option(names = "--namespace", paramLabel = "NAME", description = "Only those of this namespace.")
        private @Nullable String namespace;

        @Option(names = "--limit", paramLabel = "N", defaultValue = "100", description = "How many, up to 1000.")
        private int limit = 100;

        @Option(
                names = "--after",
                paramLabel = "NUMBER",
                description = "Only those with a larger number: the next page.")
        private @Nullable Long after;

        @Option(names = "--json", description = "As JSON lines.")
        private boolean json;

        ListThem(Io io) {
            this.io = io;
        }

        @Override
        public Integer call() {
            DeadLetterQuery query;
            try {
                query = new DeadLetterQuery(namespace, null, after == null ? Long.MIN_VALUE : after, limit);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
            }
            try (OpenStorage database = OpenStorage.open(databaseOptions, false, StatusCommand.PATIENCE, io)) {
                database.prepare();
                List<DeadLetter> found = database.storage().deadLetters().list(query);
                found.forEach(dead -> io.out().println(json ? json(dead) : text(dead)));
                if (!json && found.isEmpty()) {
                    io.say("no dead letters");
                } else if (!json && found.size() == limit) {
                    io.say("there may be more: --after " + found.get(limit - 1).id());
                }
            }
            return ExitCode.OK;
        }

        private static JsonLine json(DeadLetter dead) {
            return new JsonLine()
                    .put("number", dead.id())
                    .put("diedAt", dead.diedAt().toString())
                    .put("namespace", dead.entry().namespace())
                    .put("id", dead.entry().messageId())
                    .put("type", dead.entry().type())
                    .put("attempts", dead.entry().attempt())
                    .put("createdAt", dead.entry().createdAt().toString())
                    .put("payloadBytes", dead.entry().payload().length)
                    .put("reason", dead.reason());
        }

        private static String text(DeadLetter dead) {
            return dead.id() + "  " + dead.diedAt() + "  namespace '"
                    + dead.entry().namespace() + "'  id " + dead.entry().messageId() + "  "
                    + dead.entry().attempt() + " attempts  " + dead.reason();
        }
    }

    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            abbreviateSynopsis = true,
            versionProvider = Version.class,
            description = {"Writes dead letters to the outbox again, behind what waits for their keys now.", ""})
    private static final class Replay extends ForChosen {
        Replay(Io io) {
            super(io);
        }

        @Override
        int apply(DeadLetters deadLetters, DeadLetterQuery query) {
            return deadLetters.replay(query);
        }
    }

    @Command(
            name = "purge",
            mixinStandardHelpOptions = true,
            abbreviateSynopsis = true,
            versionProvider = Version.class,
            description = {"Removes dead letters for good.", ""})
    private static final class Purge extends ForChosen {
        Purge(Io io) {
            super(io);
        }

        @Override
        int apply(DeadLetters deadLetters, DeadLetterQuery query) {
            return deadLetters.purge(query);
        }
    }

    /** Does something to dead letters that the user names; without a name it does nothing, rather than everything. */
    private abstract static class ForChosen implements Callable<Integer> {

        private final Io io;

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        @Mixin
        private DatabaseOptions databaseOptions = new DatabaseOptions();

        @Option(names = "--all", description = "All of them.")
        private boolean all;

        @Option(names = "--namespace", paramLabel = "NAME", description = "Those of this namespace.")
        private @Nullable String namespace;

        @Option(
                names = "--numbers",
                paramLabel = "N",
                split = ",",
                description = "Those with these numbers, as in 'dead list'.")
        private @Nullable List<Long> numbers;

        ForChosen(Io io) {
            this.io = io;
        }

        abstract int apply(DeadLetters deadLetters, DeadLetterQuery query);

        @Override
        public Integer call() {
            List<Long> theNumbers = numbers;
            int choices = (all ? 1 : 0) + (namespace != null ? 1 : 0) + (theNumbers != null ? 1 : 0);
            if (choices != 1) {
                throw new ParameterException(
                        spec.commandLine(), "which ones? Give one of --numbers, --namespace and --all");
            }
            if (theNumbers != null && theNumbers.size() > DeadLetterQuery.MAX_LIMIT) {
                throw new ParameterException(
                        spec.commandLine(), "not more than " + DeadLetterQuery.MAX_LIMIT + " --numbers at once");
            }
            DeadLetterQuery query =
                    new DeadLetterQuery(namespace, theNumbers, Long.MIN_VALUE, DeadLetterQuery.MAX_LIMIT);
            int done = 0;
            try (OpenStorage database = OpenStorage.open(databaseOptions, false, StatusCommand.PATIENCE, io)) {
                database.prepare();
                int step;
                do {
                    step = apply(database.storage().deadLetters(), query);
                    done += step;
                } while (step == query.limit());
            }
            io.say(spec.name() + ": " + done);
            return ExitCode.OK;
        }
    }
}
