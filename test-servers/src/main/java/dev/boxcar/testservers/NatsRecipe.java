package dev.boxcar.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How NATS with JetStream is started. */
record NatsRecipe(Map<String, String> settings) implements Recipe {

    private static Path program() {
        return InstalledPrograms.find("NATS", "nats-server", NatsServer.SETTING, "nats-server");
    }

    @Override
    public String name() {
        return "NATS " + InstalledPrograms.versionOf(program());
    }

    @Override
    public String kind() {
        return "nats";
    }

    @Override
    public void prepareData(Path data) {
        // The server makes its data itself.
    }

    @Override
    public List<String> command(Path folder, Path data, List<Integer> ports) {
        Path configuration = folder.resolve("nats.conf");
        List<String> lines = new ArrayList<>(
                List.of("host: 127.0.0.1", "port: " + ports.get(0), "jetstream { store_dir: \"" + data + "\" }"));
        settings.forEach((name, value) -> lines.add(name + ": " + value));
        try {
            Files.write(configuration, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of(program().toString(), "-c", configuration.toString());
    }

    @Override
    public String readyLine() {
        return "Server is ready";
    }
}
