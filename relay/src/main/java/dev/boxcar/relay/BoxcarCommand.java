package dev.boxcar.relay;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code boxcar} itself, which does nothing without a subcommand. */
@Command(
        name = "boxcar",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "A transactional outbox: carries committed messages from a database to a broker.",
        footer = {
            "",
            "Try it: 'boxcar relay' in one terminal, 'boxcar publish --key k --payload hello' in another.",
            "'boxcar COMMAND --help' tells more. Exit codes: 0 done, 1 failed, 2 wrong usage,",
            "3 the outbox's tables are missing or of another version; after a signal 128 + its number."
        })
final class BoxcarCommand implements Runnable {

    @Option(
            names = {"-v", "--verbose"},
            scope = ScopeType.INHERIT,
            description = "Log in detail, and show stack traces.")
    boolean verbose;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "which command? " + spec.subcommands().keySet());
    }
}
