package dev.boxcar.testservers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How Artemis is started.
 *
 * @param addressSettings elements of its configuration
 */
record ArtemisRecipe(String addressSettings) implements Recipe {

    private static final String CONFIGURATION = """
            <configuration xmlns="urn:activemq">
              <core xmlns="urn:activemq:core">
                <name>boxcar</name>
                <security-enabled>false</security-enabled>
                <persistence-enabled>true</persistence-enabled>
                <journal-type>NIO</journal-type>
                <journal-directory>DATA/journal</journal-directory>
                <bindings-directory>DATA/bindings</bindings-directory>
                <large-messages-directory>DATA/large</large-messages-directory>
                <paging-directory>DATA/paging</paging-directory>
                <journal-min-files>2</journal-min-files>
                <journal-pool-files>2</journal-pool-files>
                <!-- A disk that others have filled blocks nobody here. -->
                <max-disk-usage>-1</max-disk-usage>
                <acceptors>
                  <acceptor name="clients">tcp://127.0.0.1:PORT?protocols=CORE</acceptor>
                </acceptors>
                <address-settings>
                  <address-setting match="#">
                    <auto-delete-queues>false</auto-delete-queues>
                    <auto-delete-addresses>false</auto-delete-addresses>
                  </address-setting>
                  SETTINGS
                </address-settings>
              </core>
            </configuration>
            """;

    @Override
    public String name() {
        return "Artemis " + ServerPrograms.version("artemis");
    }

    @Override
    public String kind() {
        return "artemis";
    }

    @Override
    public void prepareData(Path data) {
        // It makes its folders itself.
    }

    @Override
    public List<String> command(Path folder, Path data, List<Integer> ports) {
        Path configuration = folder.resolve("etc");
        try {
            Files.createDirectories(configuration);
            Files.writeString(
                    configuration.resolve("broker.xml"),
                    CONFIGURATION
                            .replace("DATA", data.toString())
                            .replace("PORT", Integer.toString(ports.get(0)))
                            .replace("SETTINGS", addressSettings));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS",
                "-cp",
                ServerPrograms.classPath("artemis"),
                "org.apache.activemq.artemis.core.server.embedded.Main",
                folder.toString()); // one argument, or it takes none
    }

    @Override
    public String readyLine() {
        return "AMQ221007"; // "Server is now active"
    }
}
