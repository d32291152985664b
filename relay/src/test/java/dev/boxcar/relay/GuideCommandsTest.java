package dev.boxcar.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The documents show commands and options that there are. */
class GuideCommandsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** In a block of code: the program, then words or quoted texts, up to a pipe, a comment or the end of the line. */
    private static final Pattern COMMAND =
            Pattern.compile("(?m)^ *(?:\\$ )?(?:\\./)?boxcar ((?:[^|#\\n\"'>]|\"[^\"]*\"|'[^']*')+)");

    private static final Pattern WORD = Pattern.compile("\"[^\"]*\"|'[^']*'|[^\\s\"']+");
    private static final Pattern CODE = Pattern.compile("(?ms)^```(?:sh|bash|console)\\n(.*?)^```$|^(?: {4}.*\\n)+");
    private static final Pattern OPTION = Pattern.compile("`(--[a-z][a-z-]+)[^`]*`");
    private static final List<String> OTHER_PROGRAMS = List.of("demo", "help");

    private static CommandLine boxcar() {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        return CommandLines.create(
                new Io(new ByteArrayInputStream(new byte[0]), nowhere, nowhere, Map.of(), new Redaction()));
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> guide = Files.list(ROOT.resolve("docs/guide"))) {
            return Stream.concat(Stream.of(ROOT.resolve("README.md")), guide)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void everyCommandIsUnderstood() throws IOException {
        int commands = 0;
        for (Path document : documents()) {
            for (List<String> command : commands(Files.readString(document))) {
                assertThatCode(() -> boxcar().parseArgs(command.toArray(String[]::new)))
                        .as("%s: boxcar %s", ROOT.relativize(document), String.join(" ", command))
                        .doesNotThrowAnyException();
                commands++;
            }
        }
        assertThat(commands).isGreaterThan(5);
    }

    /** Options that are named in the text, unless they belong to another program of the same document. */
    @Test
    void everyOptionOfARelayThatTheGuideNamesIsOne() throws IOException {
        List<String> known = new ArrayList<>();
        options(boxcar().getCommandSpec(), known);
        for (String name :
                List.of("operations.md", "tuning.md", "databases.md", "security.md", "observability.md", "kafka.md")) {
            Path document = ROOT.resolve("docs/guide").resolve(name);
            Matcher option = OPTION.matcher(Files.readString(document));
            while (option.find()) {
                assertThat(known).as(name).contains(option.group(1));
            }
        }
    }

    private static void options(CommandSpec command, List<String> names) {
        command.options().stream().map(OptionSpec::longestName).forEach(names::add);
        command.subcommands().values().forEach(each -> options(each.getCommandSpec(), names));
    }

    private static List<List<String>> commands(String document) {
        List<List<String>> commands = new ArrayList<>();
        Matcher code = CODE.matcher(document);
        while (code.find()) {
            Matcher command = COMMAND.matcher(code.group().replace("\\\n", " "));
            while (command.find()) {
                List<String> words = words(command.group(1));
                if (!words.isEmpty() && !OTHER_PROGRAMS.contains(words.get(0))) {
                    commands.add(words);
                }
            }
        }
        return commands;
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(line);
        while (word.find()) {
            String found = word.group().replaceAll("^[\"']|[\"']$", "");
            if (!found.equals("…")) {
                words.add(found);
            }
        }
        return words;
    }
}
