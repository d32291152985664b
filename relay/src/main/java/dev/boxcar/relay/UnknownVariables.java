package dev.boxcar.relay;

import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Tells of environment variables that are nearly settings: a mistyped one must not be ignored silently. */
final class UnknownVariables {

    private static final String PREFIX = "BOXCAR_";

    private UnknownVariables() {}

    static void warn(CommandSpec command, Io io) {
        Set<String> known = known(command.root());
        for (String name : new TreeSet<>(io.environment().keySet())) {
            if (name.startsWith(PREFIX) && !known.contains(name)) {
                known.stream()
                        .filter(setting -> isSlipOf(name, setting))
                        .findFirst()
                        .ifPresent(setting -> io.say("boxcar: the environment variable " + name
                                + " is no setting and was ignored; did you mean " + setting + "?"));
            }
        }
    }

    /** Whether one letter is too many, missing or wrong. Others may have variables that begin like ours. */
    static boolean isSlipOf(String name, String setting) {
        int prefix = 0;
        int shorter = Math.min(name.length(), setting.length());
        while (prefix < shorter && name.charAt(prefix) == setting.charAt(prefix)) {
            prefix++;
        }
        int suffix = 0;
        while (suffix < shorter - prefix
                && name.charAt(name.length() - 1 - suffix) == setting.charAt(setting.length() - 1 - suffix)) {
            suffix++;
        }
        return Math.max(name.length(), setting.length()) - prefix - suffix <= 1;
    }

    /** The variables of all commands, so that one environment serves all of them. */
    private static Set<String> known(CommandSpec command) {
        Set<String> names = new TreeSet<>();
        for (OptionSpec option : command.options()) {
            String name = SettingOptions.environmentNameOrNull(option);
            if (name != null) {
                names.add(name);
            }
        }
        for (CommandLine sub : command.subcommands().values()) {
            names.addAll(known(sub.getCommandSpec()));
        }
        return names;
    }
}
