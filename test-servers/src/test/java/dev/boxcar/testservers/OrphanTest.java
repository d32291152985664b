package dev.boxcar.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Servers whose JVM is gone. */
class OrphanTest {

    private final List<Holder> holders = new ArrayList<>();

    @AfterEach
    void endAll() {
        holders.forEach(Holder::kill);
    }

    @Test
    void allServersEndWithinSecondsWhenTheirJvmIsKilled() {
        Holder holder = hold("postgres", "kafka", "mariadb", "mysql", "rabbitmq", "nats", "redis");
        assertThat(holder.processes).hasSizeGreaterThan(9).allMatch(ProcessIdentity::isAlive);

        holder.kill();

        // Only Linux can do it at once; elsewhere the next JVM does.
        assertThat(Processes.await(Duration.ofSeconds(10), holder::allGone)).isEqualTo(OS.LINUX.isCurrentOs());
        assertThat(holder.directories).allMatch(Files::isDirectory);
        hold();
        assertThat(holder.allGone()).isTrue();
        assertThat(holder.directories).noneMatch(Files::exists);
    }

    @Test
    void allServersEndAndTheirFoldersGoWhenTheirJvmExits() throws Exception {
        Holder holder = hold("postgres", "kafka", "rabbitmq");

        holder.jvm.getOutputStream().close();

        assertThat(holder.jvm.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(holder.allGone()).isTrue();
        assertThat(holder.directories).noneMatch(Files::exists);
    }

    @Test
    void theNextJvmEndsAPausedServerWhoseJvmWasKilled() {
        Holder holder = hold("paused-postgres");

        holder.kill();
        hold();

        assertThat(holder.allGone()).isTrue();
        assertThat(holder.directories).noneMatch(Files::exists);
    }

    /** As on a system that cannot end a child with its parent. */
    @Test
    void theNextJvmEndsAServerThatOutlivedItsJvm(@TempDir Path programs) throws IOException {
        for (String program : List.of("sh", "cp", "tar")) {
            Path wrapper =
                    Files.writeString(programs.resolve(program), "#!/bin/sh\nexec " + which(program) + " \"$@\"\n");
            assertThat(wrapper.toFile().setExecutable(true)).isTrue();
        }
        Holder holder = holdWithPath(programs.toString(), "kafka");

        holder.kill();
        assertThat(Processes.await(Duration.ofSeconds(1), holder::allGone)).isFalse();
        hold();

        assertThat(holder.allGone()).isTrue();
        assertThat(holder.directories).noneMatch(Files::exists);
    }

    @Test
    void serversOfALivingJvmAreLeftAlone() {
        Holder holder = hold("postgres");

        hold();

        assertThat(holder.processes).allMatch(ProcessIdentity::isAlive);
        assertThat(holder.directories).allMatch(Files::isDirectory);
    }

    @Test
    void aProcessThatOnlyHasTheNumberOfAServerIsLeftAlone() throws Exception {
        Process stranger = new ProcessBuilder("sleep", "60").start();
        try {
            ProcessIdentity real = ProcessIdentity.of(stranger.pid()).orElseThrow();
            ProcessIdentity earlier = new ProcessIdentity(real.pid(), real.start() + "0");

            Processes.killTree(earlier);

            assertThat(earlier.isAlive()).isFalse();
            assertThat(stranger.waitFor(200, TimeUnit.MILLISECONDS)).isFalse();
            Processes.killTree(real);
            assertThat(stranger.waitFor(5, TimeUnit.SECONDS)).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void aProcessIsKnownAgainFromItsNote() {
        ProcessIdentity self = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();

        assertThat(ProcessIdentity.parse(self.toString())).contains(self);
        assertThat(ProcessIdentity.parse("12")).isEmpty();
        assertThat(ProcessIdentity.parse("")).isEmpty();
    }

    private Holder hold(String... servers) {
        return holdWithPath(System.getenv("PATH"), servers);
    }

    private Holder holdWithPath(String path, String... servers) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                ServerHolder.class.getName()));
        command.addAll(List.of(servers));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("PATH", path);
        try {
            Holder holder = new Holder(builder.start());
            holders.add(holder);
            holder.readUntilReady();
            return holder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path which(String program) {
        return List.of(System.getenv("PATH").split(":", -1)).stream()
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    private static final class Holder {

        private final Process jvm;
        private final List<ProcessIdentity> processes = new ArrayList<>();
        private final List<Path> directories = new ArrayList<>();

        private Holder(Process jvm) {
            this.jvm = jvm;
        }

        private void readUntilReady() throws IOException {
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
            String line = reader.readLine();
            while (!ServerHolder.READY.equals(line)) {
                if (line == null) {
                    throw new IllegalStateException("the child JVM ended early");
                }
                String[] parts = line.split(" ", 2);
                switch (parts[0]) {
                    case "process" ->
                        processes.add(ProcessIdentity.parse(parts[1]).orElseThrow());
                    case "directory" -> directories.add(Path.of(parts[1]));
                    default -> System.err.println(line);
                }
                line = reader.readLine();
            }
        }

        private boolean allGone() {
            return processes.stream().noneMatch(ProcessIdentity::isAlive);
        }

        private void kill() {
            try {
                jvm.destroyForcibly().waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
