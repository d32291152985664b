package dev.boxcar.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** How a Kafka broker is prepared and started. */
record KafkaRecipe(String heap, Map<String, String> settings) implements Recipe {

    private static final String CLUSTER_ID = "Ym94Y2FyLXRlc3RzLS0tLQ";

    @Override
    public String name() {
        return "Kafka " + ServerPrograms.version("kafka");
    }

    @Override
    public String kind() {
        return "kafka";
    }

    @Override
    public int portCount() {
        return 2;
    }

    @Override
    public void prepareData(Path data) {
        Path configuration = data.resolveSibling("format.properties");
        write(configuration, data, List.of(1, 2));
        List<String> command = java("kafka.tools.StorageTool");
        command.addAll(List.of("format", "-t", CLUSTER_ID, "-c", configuration.toString()));
        Processes.run(command, data, false);
    }

    @Override
    public List<String> command(Path folder, Path data, List<Integer> ports) {
        Path configuration = folder.resolve("server.properties");
        write(configuration, data, ports);
        List<String> command = java("kafka.Kafka");
        command.add(configuration.toString());
        return command;
    }

    @Override
    public String readyLine() {
        return "Kafka Server started";
    }

    private List<String> java(String mainClass) {
        return new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
                "-cp",
                ServerPrograms.kafkaClassPath(),
                mainClass));
    }

    private void write(Path file, Path data, List<Integer> ports) {
        String broker = "//127.0.0.1:" + ports.get(0);
        String controller = "127.0.0.1:" + ports.get(1);
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@" + controller);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("listeners", "PLAINTEXT:" + broker + ",CONTROLLER://" + controller);
        properties.put("advertised.listeners", "PLAINTEXT:" + broker);
        properties.put("log.dirs", data.toString());
        // One broker keeps the only replica of everything; few partitions start faster than the fifty of a cluster.
        properties.put("offsets.topic.replication.factor", "1");
        properties.put("offsets.topic.num.partitions", "4");
        properties.put("transaction.state.log.replication.factor", "1");
        properties.put("transaction.state.log.min.isr", "1");
        properties.put("transaction.state.log.num.partitions", "4");
        properties.put("share.coordinator.state.topic.replication.factor", "1");
        properties.put("share.coordinator.state.topic.min.isr", "1");
        properties.put("group.initial.rebalance.delay.ms", "0");
        // After a kill the old registration must expire first; with the defaults a restart takes 12 s.
        properties.put("broker.session.timeout.ms", "1500");
        properties.put("broker.heartbeat.interval.ms", "300");
        properties.putAll(settings);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
