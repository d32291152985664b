package dev.boxcar.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.testservers.KafkaServer;
import dev.boxcar.testservers.PostgresServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo on real servers: green when nothing is broken, red when a guarantee is. */
class DemoRunTest {

    @TempDir
    Path folder;

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    private Verdict run(Sabotage.Mode sabotage) throws Exception {
        DemoSettings settings = new DemoSettings(Duration.ofSeconds(6), null, 200, 3, sabotage);
        PrintStream out = new PrintStream(shown, true, StandardCharsets.UTF_8);
        return new DemoRun(
                        settings,
                        PostgresServer.shared().newDatabase("demo"),
                        KafkaServer.shared().bootstrapServers(),
                        folder,
                        new PlainProgress(out))
                .run();
    }

    private static void assertOnlyFails(Verdict verdict, String... checks) {
        assertThat(verdict.ok()).as(verdict.text()).isFalse();
        assertThat(verdict.text().lines().filter(line -> line.startsWith("  FAILED")))
                .as(verdict.text())
                .hasSize(checks.length)
                .allMatch(line -> java.util.Arrays.stream(checks).anyMatch(line::contains));
    }

    @Test
    void withARelayKilledInTheMiddleEveryGuaranteeHolds() throws Exception {
        Verdict verdict = run(Sabotage.Mode.NONE);
        assertThat(verdict.ok()).as(verdict.text()).isTrue();
        assertThat(shown.toString(StandardCharsets.UTF_8))
                .contains("relay-1 killed with -9")
                .contains("relay-2 has taken over")
                .contains("relay-3 begins with");
    }

    @Test
    void aMessageThatDisappearsIsNoticed() throws Exception {
        assertOnlyFails(run(Sabotage.Mode.LOSE), "committed = delivered", "balances");
    }

    @Test
    void aMessageOfARolledBackTransferIsNoticed() throws Exception {
        assertOnlyFails(run(Sabotage.Mode.GHOST), "nothing that was rolled back", "balances");
    }

    @Test
    void twoMessagesInTheWrongOrderAreNoticed() throws Exception {
        assertOnlyFails(run(Sabotage.Mode.ORDER), "order per key");
    }
}
