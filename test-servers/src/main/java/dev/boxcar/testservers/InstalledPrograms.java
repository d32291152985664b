package dev.boxcar.testservers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the servers that no repository of jars has: packages of the operating system. A missing one is an error. */
final class InstalledPrograms {

    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+");

    private InstalledPrograms() {}

    /**
     * The path of a program.
     *
     * @param places where it may be; a name without a folder is looked for in those of the system's programs
     * @throws IllegalStateException telling what to install, or which setting names a server instead
     */
    static Path find(String product, String aptPackage, String setting, String... places) {
        return Stream.of(places)
                .flatMap(InstalledPrograms::candidates)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(product + " is not installed: there is no "
                        + String.join(" and no ", places) + "; install it (Debian, Ubuntu: apt-get install "
                        + aptPackage
                        + "), or name a server that runs already with the setting " + setting));
    }

    /** The first version in a text, for example in what a program says when asked for it. */
    static String versionIn(String text) {
        Matcher matcher = VERSION.matcher(text);
        return matcher.find() ? matcher.group() : "of an unknown version";
    }

    /** What a program says about its version. */
    static String versionOf(Path program) {
        return versionIn(Processes.run(List.of(program.toString(), "--version"), Path.of("/"), false));
    }

    private static Stream<Path> candidates(String place) {
        if (place.contains("/")) {
            return Stream.of(Path.of(place));
        }
        String path = System.getenv().getOrDefault("PATH", "");
        return Stream.concat(Stream.of(path.split(":", -1)), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, place));
    }
}
