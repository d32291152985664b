package dev.boxcar.relay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Help.IOptionRenderer;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The options in the help: settings under headings, each with its default and its environment variable. */
final class OptionHelp {

    private static final String OTHER = "Options";

    /** As wide as the longest option with its parameter. */
    private static final int NAMES = 28;

    private OptionHelp() {}

    static void install(CommandLine command) {
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, OptionHelp::render);
        command.getSubcommands().values().forEach(OptionHelp::install);
    }

    private static String render(Help help) {
        Map<String, List<OptionSpec>> byHeading = new LinkedHashMap<>();
        for (OptionSpec option : help.commandSpec().options()) {
            if (!option.hidden()) {
                byHeading
                        .computeIfAbsent(heading(option), heading -> new ArrayList<>())
                        .add(option);
            }
        }
        List<OptionSpec> others = byHeading.remove(OTHER);
        StringBuilder text = new StringBuilder();
        byHeading.forEach((heading, options) -> {
            section(text, help, heading, options);
            text.append(System.lineSeparator());
        });
        if (others != null) {
            section(text, help, byHeading.isEmpty() ? "" : OTHER, others);
        }
        return text.toString();
    }

    private static String heading(OptionSpec option) {
        SettingOptions settings = SettingOptions.of(option);
        return settings == null ? OTHER : settings.heading();
    }

    private static void section(StringBuilder text, Help help, String heading, List<OptionSpec> options) {
        if (!heading.isEmpty()) {
            text.append(heading).append(System.lineSeparator());
        }
        Help.Layout layout = new Help.Layout(
                help.colorScheme(),
                Help.TextTable.forColumnWidths(
                        help.colorScheme(),
                        2,
                        2,
                        1,
                        NAMES,
                        help.commandSpec().usageMessage().width() - 5 - NAMES),
                withDefaultAndVariable(help.createDefaultOptionRenderer()),
                help.createDefaultParameterRenderer());
        layout.addOptions(options, help.parameterLabelRenderer());
        text.append(layout);
    }

    private static IOptionRenderer withDefaultAndVariable(IOptionRenderer plain) {
        return (option, labels, scheme) -> {
            Text[][] rows = plain.render(option, labels, scheme);
            List<String> notes = new ArrayList<>();
            // Not the value in effect: that may come from the environment and be a secret.
            if (option.defaultValue() != null) {
                notes.add("Default " + option.defaultValue());
            }
            String variable = SettingOptions.environmentNameOrNull(option);
            if (variable != null) {
                notes.add("env " + variable);
            }
            if (notes.isEmpty()) {
                return rows;
            }
            Text none = scheme.text("");
            List<Text[]> all = new ArrayList<>(List.of(rows));
            all.add(new Text[] {none, none, none, none, scheme.text(sentence(notes))});
            return all.toArray(new Text[0][]);
        };
    }

    private static String sentence(List<String> notes) {
        String text = String.join(", ", notes);
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
