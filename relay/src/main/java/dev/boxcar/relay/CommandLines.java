package dev.boxcar.relay;

import dev.boxcar.SchemaException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** Puts the commands together, and turns what they throw into one line and an exit code. */
final class CommandLines {

    private CommandLines() {}

    static CommandLine create(Io io) {
        CommandLine boxcar = new CommandLine(new BoxcarCommand())
                .addSubcommand(new RelayCommand(io))
                .addSubcommand(new PublishCommand(io))
                .addSubcommand(new StatusCommand(io))
                .addSubcommand("dead", DeadCommand.create(io))
                .addSubcommand("schema", SchemaCommand.create(io))
                .addSubcommand(new CommandLine.HelpCommand());
        // For all commands below, too: these setters hand down.
        boxcar.setDefaultValueProvider(new SettingOptions.FromEnvironment(io.environment()));
        boxcar.registerConverter(java.time.Duration.class, new Units.DurationConverter());
        boxcar.setOut(new PrintWriter(new OutputStreamWriter(io.out(), StandardCharsets.UTF_8), true));
        boxcar.setExpandAtFiles(false);
        boxcar.setCaseInsensitiveEnumValuesAllowed(true);
        boxcar.setUsageHelpAutoWidth(true);
        boxcar.setExecutionStrategy(parsed -> execute(parsed, io));
        boxcar.setParameterExceptionHandler((e, args) -> usage(e, io));
        boxcar.setExecutionExceptionHandler((e, command, parsed) -> failed(e, parsed, io));
        OptionHelp.install(boxcar);
        return boxcar;
    }

    private static int execute(ParseResult parsed, Io io) {
        Logging.configure(verbose(parsed));
        UnknownVariables.warn(parsed.commandSpec(), io);
        return new RunLast().execute(parsed);
    }

    private static boolean verbose(ParseResult parsed) {
        return parsed.commandSpec().root().userObject() instanceof BoxcarCommand boxcar && boxcar.verbose;
    }

    private static int usage(ParameterException e, Io io) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        io.say(command + ": " + text(e, io));
        io.say("Try '" + command + " --help'.");
        return ExitCode.USAGE;
    }

    private static String text(ParameterException e, Io io) {
        if (e instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched);
        }
        ArgSpec arg = e.getArgSpec();
        String variable = SettingOptions.environmentNameOrNull(arg);
        boolean fromEnvironment = variable != null && io.environment().containsKey(variable);
        return e.getMessage() + (fromEnvironment ? " (" + variable + " is set)" : "");
    }

    /** The values of mistyped options may be secrets: only names are repeated. */
    private static String unmatched(UnmatchedArgumentException e) {
        List<String> names = e.getUnmatched().stream()
                .filter(argument -> argument.startsWith("-"))
                .map(argument -> argument.replaceFirst("=.*", ""))
                .toList();
        String suggestion =
                e.getSuggestions().isEmpty() ? "" : "; did you mean " + String.join(" or ", e.getSuggestions()) + "?";
        return (names.isEmpty() ? "unexpected argument" : "unknown option " + String.join(", ", names)) + suggestion;
    }

    private static int failed(Exception e, ParseResult parsed, Io io) {
        io.say("boxcar: " + Failures.text(e));
        if (verbose(parsed)) {
            java.io.StringWriter trace = new java.io.StringWriter();
            e.printStackTrace(new PrintWriter(trace));
            io.say(trace.toString());
        }
        if (e instanceof SchemaException) {
            return ExitCode.SCHEMA;
        }
        // Settings are refused where they are used, with this exception.
        return e instanceof IllegalArgumentException ? ExitCode.USAGE : ExitCode.FAILED;
    }
}
