package dev.boxcar.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How RabbitMQ is started. */
record RabbitMqRecipe(Map<String, String> settings) implements Recipe {

    /**
     * Erlang's port mapper would become a daemon that outlives everybody. So it runs before the server as its child, and the
     * server, which then is the main process, does not start one.
     */
    private static final String SCRIPT = """
            "$@" &
            mapper=$!
            until epmd -names >/dev/null 2>&1; do
                kill -0 $mapper || exit 1
                sleep 0.05
            done
            exec "$SERVER"
            """;

    private static Path program() {
        return InstalledPrograms.find(
                "RabbitMQ",
                "rabbitmq-server",
                RabbitMqServer.SETTING,
                // Not the one in /usr/sbin, which changes to another user.
                "/usr/lib/rabbitmq/bin/rabbitmq-server",
                "/usr/local/opt/rabbitmq/sbin/rabbitmq-server",
                "/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server");
    }

    @Override
    public String name() {
        try {
            String place = program().toRealPath().toString();
            return "RabbitMQ " + InstalledPrograms.versionIn(place);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String kind() {
        return "rabbitmq";
    }

    /** Its own, the one between its nodes, and that of Erlang's port mapper. */
    @Override
    public int portCount() {
        return 3;
    }

    @Override
    public void prepareData(Path data) {
        // The server makes its data itself.
    }

    @Override
    public List<String> command(Path folder, Path data, List<Integer> ports) {
        Path configuration = folder.resolve("rabbitmq.conf");
        List<String> lines = new ArrayList<>();
        settings.forEach((name, value) -> lines.add(name + " = " + value));
        Path noPlugins = folder.resolve("enabled_plugins");
        try {
            Files.write(configuration, lines);
            Files.writeString(noPlugins, "[].\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("SERVER", program().toString());
        environment.put("HOME", data.toString());
        environment.put("RABBITMQ_NODENAME", "boxcar@localhost");
        environment.put("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_NODE_PORT", ports.get(0).toString());
        environment.put("RABBITMQ_DIST_PORT", ports.get(1).toString());
        environment.put("ERL_EPMD_PORT", ports.get(2).toString());
        environment.put("ERL_EPMD_ADDRESS", "127.0.0.1");
        environment.put("RABBITMQ_MNESIA_BASE", data.toString());
        environment.put("RABBITMQ_LOG_BASE", folder.toString());
        environment.put("RABBITMQ_LOGS", "-");
        environment.put("RABBITMQ_CONFIG_FILE", configuration.toString());
        environment.put("RABBITMQ_ENABLED_PLUGINS_FILE", noPlugins.toString());
        environment.put("RABBITMQ_PID_FILE", folder.resolve("rabbitmq.pid").toString());
        // Replaces its shell by the server, instead of waiting for it.
        environment.put("RUNNING_UNDER_SYSTEMD", "true");
        environment.put(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +S 2:2 -start_epmd false");

        List<String> command = new ArrayList<>(List.of("env"));
        environment.forEach((name, value) -> command.add(name + "=" + value));
        command.addAll(List.of("sh", "-c", SCRIPT, "rabbitmq"));
        command.addAll(
                Processes.endingWithParent(List.of("epmd", "-port", ports.get(2).toString(), "-address", "127.0.0.1")));
        return command;
    }

    @Override
    public String readyLine() {
        return "Server startup complete";
    }
}
