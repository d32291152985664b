package dev.boxcar.relay;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Options that describe how a relay runs, as opposed to what one call of a command is about. Only these can be set by
 * environment variables, and they appear in the help under their {@link #heading()}.
 */
interface SettingOptions {

    /** What they are about, as a heading of the help. */
    String heading();

    /** The environment variable of an option: {@code BOXCAR_} and its name, in capitals and with underscores. */
    static String environmentName(OptionSpec option) {
        return "BOXCAR_"
                + option.longestName().replaceFirst("^--", "").replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /** The environment variable of this option or parameter, or null when it has none. */
    static @Nullable String environmentNameOrNull(@Nullable ArgSpec arg) {
        return arg instanceof OptionSpec option && of(option) != null ? environmentName(option) : null;
    }

    /** The settings that an option belongs to, or null when it is no setting. */
    static @Nullable SettingOptions of(OptionSpec option) {
        try {
            return option.scope().get() instanceof SettingOptions settings ? settings : null;
        } catch (Exception e) {
            throw new IllegalStateException("option " + option.longestName() + " belongs to nothing", e);
        }
    }

    /** A text about settings as the API names them ({@code claimDuration}), in the words of the command line. */
    static String inOptionNames(CommandSpec command, String text) {
        String result = text;
        for (OptionSpec option : command.options()) {
            if (of(option) instanceof ProcessorOptions) {
                String apiName = camelCase(option.longestName());
                result = result.replaceAll("(?<![\\w-])" + apiName + "(?!\\w)", option.longestName());
            }
        }
        return result;
    }

    private static String camelCase(String longName) {
        return Pattern.compile("-(\\w)")
                .matcher(longName.substring(2))
                .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
    }

    /** Where a setting comes from that is not on the command line: its environment variable, unless that is empty. */
    record FromEnvironment(Map<String, String> environment) implements IDefaultValueProvider {
        @Override
        public @Nullable String defaultValue(ArgSpec arg) {
            String name = environmentNameOrNull(arg);
            String value = name == null ? null : environment.get(name);
            return value == null || value.isEmpty() ? null : value;
        }
    }
}
