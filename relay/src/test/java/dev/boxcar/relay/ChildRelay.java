package dev.boxcar.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** A {@code boxcar} command in a process of its own. Closing it kills it. */
final class ChildRelay implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final List<String> out = new CopyOnWriteArrayList<>();
    private final List<String> err = new CopyOnWriteArrayList<>();

    private ChildRelay(Process process) {
        this.process = process;
        collect(process.getInputStream(), out);
        collect(process.getErrorStream(), err);
    }

    static ChildRelay start(Path folder, String... args) throws IOException {
        return start(folder, Map.of(), args);
    }

    static ChildRelay start(Path folder, Map<String, String> environment, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                Main.class.getName()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("BOXCAR_"));
        // Not as an option: what shows command lines shows so many letters only.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().putAll(environment);
        return new ChildRelay(builder.start());
    }

    private static void collect(InputStream stream, List<String> lines) {
        Thread reader = new Thread(() -> {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    lines.add(line);
                }
            } catch (IOException e) {
                lines.add("(no more can be read)");
            }
        });
        reader.setDaemon(true);
        reader.start();
    }

    Process process() {
        return process;
    }

    List<String> out() {
        return out;
    }

    String err() {
        return String.join("\n", err);
    }

    /** Waits until it has written this to standard error. */
    ChildRelay says(String text) {
        return waits("it says '" + text + "'", () -> err().contains(text));
    }

    /** Waits until it has written this to standard output. */
    ChildRelay writes(String text) {
        return waits("it writes '" + text + "'", () -> out.stream().anyMatch(line -> line.contains(text)));
    }

    /** Waits for something else, while it runs. */
    ChildRelay waits(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            boolean over = System.nanoTime() - start > LIMIT.toNanos() || !process.isAlive();
            if (over && !condition.getAsBoolean()) {
                throw new AssertionError("waited in vain until " + what + "; alive: " + process.isAlive() + "; err:\n"
                        + err() + "\nout:\n" + out);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
        }
        return this;
    }

    /** Asks it to end as SIGTERM does, and returns its exit code. */
    int terminate() throws InterruptedException {
        process.toHandle().destroy(); // process.destroy() would close the streams as well
        return exitCode();
    }

    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("it ends; err: %s", err())
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
