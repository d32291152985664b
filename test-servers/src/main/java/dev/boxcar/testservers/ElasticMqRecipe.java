package dev.boxcar.testservers;

import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;

/** How ElasticMQ is started. */
record ElasticMqRecipe() implements Recipe {

    @Override
    public String name() {
        return "ElasticMQ " + ServerPrograms.version("elasticmq");
    }

    @Override
    public String kind() {
        return "elasticmq";
    }

    @Override
    public void prepareData(Path data) {
        // It has none.
    }

    @Override
    public List<String> command(Path folder, Path data, List<Integer> ports) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                ServerPrograms.classPath("elasticmq") + File.pathSeparator + ownClasses(),
                ElasticMqMain.class.getName(),
                Integer.toString(ports.get(0)));
    }

    private static Path ownClasses() {
        try {
            return Path.of(ElasticMqMain.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String readyLine() {
        return ElasticMqMain.READY;
    }
}
