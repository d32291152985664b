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
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** How a Kafka broker is prepared and started. */
record KafkaRecipe(
        String heap,
        Map<String, String> settings,
        List<Integer> proxies,
        @Nullable Login login) implements Recipe {

    /** A client's user and password. */
    record Login(String user, String password) {}

    private static final int OWN_PORTS = 2;

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
        return OWN_PORTS + proxies.size();
    }

    @Override
    public void prepareData(Path data) {
        Path configuration = data.resolveSibling("format.properties");
        List<Integer> anyPorts = IntStream.rangeClosed(1, portCount()).boxed().toList();
        new KafkaRecipe(heap, settings, proxies, null).write(configuration, data, anyPorts);
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

    /** Clients, and the broker itself, come with TLS and a password. */
    private static void secure(Properties properties, String broker, String controller, Login login, Path folder) {
        properties.put("listeners", "SASL_SSL:" + broker + ",CONTROLLER://" + controller);
        properties.put("advertised.listeners", "SASL_SSL:" + broker);
        properties.put("listener.security.protocol.map", "SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT");
        properties.put("inter.broker.listener.name", "SASL_SSL");
        properties.put("sasl.enabled.mechanisms", "PLAIN");
        properties.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
        properties.put(
                "listener.name.sasl_ssl.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"broker\" password=\"broker\""
                        + " user_broker=\"broker\" user_" + login.user() + "=\"" + login.password() + "\";");
        properties.put("ssl.keystore.type", "PKCS12");
        properties.put("ssl.keystore.location", Certificate.in(folder).store().toString());
        properties.put("ssl.keystore.password", Certificate.PASSWORD);
        properties.put("ssl.key.password", Certificate.PASSWORD);
        properties.put("ssl.truststore.type", "PEM");
        properties.put(
                "ssl.truststore.location", Certificate.in(folder).publicPart().toString());
    }

    /** Beside the data: what is in there, Kafka takes for a topic's. */
    static Path certificateFolder(Path data) {
        return data.resolveSibling("certificate");
    }

    private void write(Path file, Path data, List<Integer> ports) {
        String broker = "//127.0.0.1:" + ports.get(0);
        String controller = "127.0.0.1:" + ports.get(1);
        Properties properties = new Properties();
        properties.put("process.roles", "broker,controller");
        properties.put("node.id", "1");
        properties.put("controller.quorum.voters", "1@" + controller);
        properties.put("controller.listener.names", "CONTROLLER");
        properties.put("listeners", "PLAINTEXT:" + broker + proxied(ports, false) + ",CONTROLLER://" + controller);
        properties.put("advertised.listeners", "PLAINTEXT:" + broker + proxied(ports, true));
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT" + protocols());
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
        // The first write to an index file clears all of it: milliseconds for the usual ten megabytes, twice for each
        // partition of a new topic. This is enough for 350 MB of a partition, and then a new file begins.
        properties.put("log.index.size.max.bytes", "1048576");
        // After a kill the old registration must expire first; with the defaults a restart takes 12 s.
        properties.put("broker.session.timeout.ms", "1500");
        properties.put("broker.heartbeat.interval.ms", "300");
        if (login != null) {
            secure(properties, broker, controller, login, certificateFolder(data));
        }
        properties.putAll(settings);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client goes where the broker says that it is: each proxy needs a listener that says it is there. */
    private String proxied(List<Integer> ports, boolean advertised) {
        StringBuilder listeners = new StringBuilder();
        for (int i = 0; i < proxies.size(); i++) {
            int port = advertised ? proxies.get(i) : ports.get(OWN_PORTS + i);
            listeners.append(",PROXY").append(i).append("://127.0.0.1:").append(port);
        }
        return listeners.toString();
    }

    private String protocols() {
        StringBuilder protocols = new StringBuilder();
        for (int i = 0; i < proxies.size(); i++) {
            protocols.append(",PROXY").append(i).append(":PLAINTEXT");
        }
        return protocols.toString();
    }
}
