package dev.boxcar.examples.support;

import dev.boxcar.relay.Main;
import dev.boxcar.testservers.JavaProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** One {@code boxcar relay} in a JVM of its own. */
public final class RelayProcess {

    /**
     * What is started.
     *
     * @param name the relay's id
     * @param options the relay's options, beyond its name
     * @param jvmOptions the virtual machine's options
     * @param mainClass a class that understands the relay's options
     */
    public record Launch(String name, List<String> options, List<String> jvmOptions, String mainClass) {

        /** For a short life: without the compiler that takes long. */
        public static final List<String> SHORT_LIFE =
                List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

        /** A usual relay, for a short life. */
        public Launch(String name, List<String> options) {
            this(name, options, SHORT_LIFE, Main.class.getName());
        }
    }

    private final String name;
    private final JavaProcess process;

    private RelayProcess(String name, JavaProcess process) {
        this.name = name;
        this.process = process;
    }

    /**
     * Starts a relay.
     *
     * @param folder where its log goes
     * @param events told of each event, by a thread of its own
     */
    public static RelayProcess start(Launch launch, Path folder, Consumer<RelayEvent> events) {
        List<String> arguments = new ArrayList<>(
                List.of("relay", "--processor-id", launch.name, "--events", "-", "--exit-on-stdin-close"));
        arguments.addAll(launch.options);
        JavaProcess process = JavaProcess.builder(launch.mainClass, folder.resolve(launch.name + ".log"))
                .jvmOptions(launch.jvmOptions)
                .arguments(arguments)
                .output(line -> RelayEvent.parse(line).ifPresent(events))
                .start();
        return new RelayProcess(launch.name, process);
    }

    /** The relay's id. */
    public String name() {
        return name;
    }

    /** The process that it is. */
    public JavaProcess process() {
        return process;
    }

    /**
     * Checks that it still runs.
     *
     * @throws IllegalStateException with the end of its log, when it has ended
     */
    public void requireAlive() {
        if (!process.isAlive()) {
            throw new IllegalStateException(name + " ended by itself:\n" + process.lastWords());
        }
    }
}
