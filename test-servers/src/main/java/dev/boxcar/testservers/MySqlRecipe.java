package dev.boxcar.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How MySQL is prepared and started. */
final class MySqlRecipe extends MySqlFamilyRecipe {

    private final Map<String, String> settings;

    MySqlRecipe(Map<String, String> settings) {
        this.settings = settings;
    }

    @Override
    public String name() {
        return "MySQL " + ServerPrograms.version("mysql").replaceFirst("-.*", "");
    }

    @Override
    public String kind() {
        return "mysql";
    }

    @Override
    public void prepareData(Path data) {
        List<String> command = new ArrayList<>(program());
        command.addAll(List.of("--initialize-insecure", "--datadir=" + data));
        command.addAll(asRoot());
        try {
            Processes.run(command, data, false);
            // Each copy finds its own identity.
            Files.deleteIfExists(data.resolve("auto.cnf"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (IllegalStateException e) {
            throw String.valueOf(e.getMessage()).contains("libaio")
                    ? new IllegalStateException("MySQL needs the library libaio1: apt-get install libaio1", e)
                    : e;
        }
    }

    @Override
    public List<String> command(Path folder, Path data, List<Integer> ports) {
        Path users = folder.resolve("users.sql");
        try {
            // The prepared root may come from "localhost" only, which is not what a connection to 127.0.0.1 is called.
            Files.writeString(users, """
                    create user if not exists 'root'@'127.0.0.1';
                    grant all on *.* to 'root'@'127.0.0.1' with grant option;
                    """);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> command = new ArrayList<>(program());
        command.addAll(options(data, ports, settings));
        command.addAll(List.of("--mysqlx=OFF", "--init-file=" + users));
        return command;
    }

    private static List<String> program() {
        Path base = ServerPrograms.mySql();
        return List.of(base.resolve("bin/mysqld").toString(), "--no-defaults", "--basedir=" + base);
    }
}
