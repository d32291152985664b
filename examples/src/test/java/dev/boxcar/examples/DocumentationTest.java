package dev.boxcar.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the documents show is code that is compiled and run: a block after {@code <!-- snippet: file#name -->} is the region
 * between {@code tag::name[]} and {@code end::name[]} of that file.
 */
class DocumentationTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern SNIPPET =
            Pattern.compile("<!-- snippet: (\\S+)#(\\S+) -->\\n+```\\w*\\n(.*?)\\n```", Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("(?m)^```(java|sql|kotlin)\\n((?s:.*?))\\n```$");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:|#)([^)#\\s]+)[^)]*\\)");

    private static List<Path> documents() throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .forEach(all::add);
        }
        return all;
    }

    @Test
    void snippetsAreRegionsOfCodeThatRuns() throws IOException {
        int snippets = 0;
        for (Path document : documents()) {
            Matcher matcher = SNIPPET.matcher(Files.readString(document));
            while (matcher.find()) {
                assertThat(matcher.group(3))
                        .as("%s shows %s#%s", ROOT.relativize(document), matcher.group(1), matcher.group(2))
                        .isEqualTo(region(ROOT.resolve(matcher.group(1)), matcher.group(2)));
                snippets++;
            }
        }
        assertThat(snippets).isGreaterThanOrEqualTo(2);
    }

    /** Java and SQL that readers will copy. */
    @Test
    void theGuideShowsNoCodeThatIsNotCompiled() throws IOException {
        for (Path document : documents()) {
            if (!ROOT.relativize(document).startsWith("docs/guide")) {
                continue;
            }
            String text = Files.readString(document);
            Matcher block = CODE.matcher(text);
            while (block.find()) {
                assertThat(text.substring(0, block.start()).stripTrailing())
                        .as("%s: the %s before:%n%s", ROOT.relativize(document), block.group(1), block.group(2))
                        .endsWith(" -->");
            }
        }
    }

    @Test
    void linksLeadToFilesThatExist() throws IOException {
        for (Path document : documents()) {
            Matcher matcher = LINK.matcher(Files.readString(document));
            while (matcher.find()) {
                Path target = document.resolveSibling(matcher.group(1)).normalize();
                assertThat(target).as("a link in %s", ROOT.relativize(document)).exists();
            }
        }
    }

    private static String region(Path file, String name) throws IOException {
        List<String> lines = Files.readAllLines(file);
        int start = indexOf(lines, "tag::" + name + "[]", file);
        int end = indexOf(lines, "end::" + name + "[]", file);
        return String.join("\n", lines.subList(start + 1, end)).stripIndent().strip();
    }

    private static int indexOf(List<String> lines, String marker, Path file) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains(marker)) {
                return i;
            }
        }
        throw new AssertionError(file + " has no " + marker);
    }
}
