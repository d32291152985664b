package dev.boxcar.testservers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How MariaDB is prepared and started. */
final class MariaDbRecipe extends MySqlFamilyRecipe {

    private final Map<String, String> settings;

    MariaDbRecipe(Map<String, String> settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "MariaDB " + ServerPrograms.version("mariadb");
    }

    @Override
    public String kind() {
        return "mariadb";
    }

    @Override
    public void prepareData(Path data) {
        Path base = ServerPrograms.mariaDb();
        List<String> command = new ArrayList<>(List.of(
                base.resolve("scripts/mariadb-install-db").toString(),
                "--no-defaults",
                "--basedir=" + base,
                "--datadir=" + data,
                "--auth-root-authentication-method=normal",
                "--skip-test-db"));
        command.addAll(asRoot());
        Processes.run(command, base, false);
    }

    @Override
    public List<String> command(Path folder, Path data, List<Integer> ports) {
        Path base = ServerPrograms.mariaDb();
        List<String> command =
                new ArrayList<>(List.of(base.resolve("bin/mariadbd").toString(), "--no-defaults", "--basedir=" + base));
        command.addAll(options(data, ports, settings));
        // Otherwise it takes seconds to make a certificate.
        command.add("--skip-ssl");
        return command;
    }
}
