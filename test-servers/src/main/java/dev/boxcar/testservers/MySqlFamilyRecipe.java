package dev.boxcar.testservers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What MySQL and MariaDB have in common. */
abstract class MySqlFamilyRecipe implements Recipe {

    /** Everything but these has a default that keeps commits durable. */
    static List<String> options(Path data, List<Integer> ports, Map<String, String> settings) {
        List<String> options = new ArrayList<>(List.of(
                "--datadir=" + data,
                "--port=" + ports.get(0),
                "--bind-address=127.0.0.1",
                // Relative to the data folder, because the path of a socket must be short.
                "--socket=server.sock",
                "--skip-name-resolve",
                "--max-connections=300",
                "--character-set-server=utf8mb4"));
        options.addAll(asRoot());
        settings.forEach((name, value) -> options.add("--" + name + "=" + value));
        return options;
    }

    /** Both run as root only if that is asked for. */
    static List<String> asRoot() {
        return Processes.isRoot() ? List.of("--user=root") : List.of();
    }

    @Override
    public String readyLine() {
        return "ready for connections";
    }
}
