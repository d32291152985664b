package dev.boxcar.testservers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaProcessTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private final List<String> output = new CopyOnWriteArrayList<>();

    /** Says hello on both streams, collects garbage, and then counts until its standard input ends. */
    static final class Program {

        private Program() {}

        public static void main(String[] arguments) throws Exception {
            System.out.println("hello " + arguments[0]);
            System.err.println("hello log");
            System.gc();
            Thread counter = new Thread(() -> {
                for (int i = 0; ; i++) {
                    System.out.println("count " + i);
                    java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
                }
            });
            counter.setDaemon(true);
            counter.start();
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        }
    }

    private JavaProcess start() {
        JavaProcess process = JavaProcess.builder(Program.class.getName(), folder.resolve("program.log"))
                .jvmOptions(List.of("-Xmx32m", "-XX:+UseSerialGC"))
                .arguments(List.of("world"))
                .output(output::add)
                .start();
        assertThat(Processes.await(LIMIT, () -> output.size() > 3)).isTrue();
        return process;
    }

    @Test
    void tellsWhatTheProgramSaysAndNeeds() {
        try (JavaProcess process = start()) {
            assertThat(output).startsWith("hello world", "count 0");
            assertThat(process.lastWords()).contains("hello log");
            assertThat(process.heap()).isNotEmpty().allMatch(use -> use.megabytes() < 32);
            if (Path.of("/proc/self").toFile().exists()) {
                assertThat(process.residentKilobytes().orElseThrow()).isGreaterThan(5_000);
                assertThat(process.threads().orElseThrow()).isGreaterThan(3);
            }
            assertThat(process.cpuTime()).isPositive();
        }
    }

    @Test
    void endsWhenItIsAsked() {
        try (JavaProcess process = start()) {
            process.terminate();
            assertThat(process.awaitEnd(LIMIT)).isTrue();
            assertThat(process.exitCode()).isEqualTo(128 + 15);
        }
    }

    @Test
    void saysNothingWhilePausedAndCanBeKilledThen() {
        try (JavaProcess process = start()) {
            process.pause();
            // What was in the pipe has been read.
            assertThat(Processes.await(LIMIT, () -> {
                        int before = output.size();
                        java.util.concurrent.locks.LockSupport.parkNanos(100_000_000);
                        return output.size() == before;
                    }))
                    .isTrue();
            assertThat(process.isAlive()).isTrue();

            process.resume();
            int before = output.size();
            assertThat(Processes.await(LIMIT, () -> output.size() > before)).isTrue();

            process.pause();
            process.kill();
            assertThat(process.isAlive()).isFalse();
        }
    }
}
