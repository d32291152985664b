package dev.boxcar.testservers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How Redis is started. */
record RedisRecipe(Map<String, String> settings) implements Recipe {

    private static Path program() {
        return InstalledPrograms.find("Redis", "redis-server", RedisServer.SETTING, "redis-server");
    }

    @Override
    public String name() {
        return "Redis " + InstalledPrograms.versionOf(program());
    }

    @Override
    public String kind() {
        return "redis";
    }

    @Override
    public void prepareData(Path data) {
        // The server makes its data itself.
    }

    @Override
    public List<String> command(Path folder, Path data, List<Integer> ports) {
        List<String> command = new ArrayList<>(List.of(program().toString(), "--bind", "127.0.0.1"));
        command.addAll(List.of("--port", ports.get(0).toString(), "--dir", data.toString()));
        command.addAll(List.of("--appendonly", "yes", "--appendfsync", "always", "--save", ""));
        settings.forEach((name, value) -> command.addAll(List.of("--" + name, value)));
        return command;
    }

    @Override
    public String readyLine() {
        return "Ready to accept connections";
    }
}
