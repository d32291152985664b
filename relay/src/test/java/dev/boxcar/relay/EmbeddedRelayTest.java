package dev.boxcar.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The relay as a process of its own, on databases that need no server. */
class EmbeddedRelayTest {

    private static final int SIGTERM = 143;

    @TempDir
    Path folder;

    private String sqlite() {
        return "jdbc:sqlite:" + folder.resolve("outbox.db");
    }

    @Test
    void withoutAnySettingItExplainsItselfAndWritesMessagesAsJsonLines() throws Exception {
        try (ChildRelay relay = ChildRelay.start(folder, "relay")) {
            relay.says("boxcar publish --key k1 --payload hello").says("relay ");
            relay.says(" started: SQLite");
            try (ChildRelay publish =
                    ChildRelay.start(folder, "publish", "--key", "k1", "--payload", "hello", "--header", "a=b")) {
                assertThat(publish.exitCode()).as(publish.err()).isZero();
            }
            relay.writes("\"key\":\"k1\"");
            assertThat(relay.terminate()).isEqualTo(SIGTERM);
            assertThat(relay.err()).contains("its claims are given back");
            assertThat(relay.out())
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("\"headers\":{\"a\":\"b\"},\"payload\":\"hello\"");
        }
        assertThat(folder.resolve("boxcar-data/outbox.db")).exists();
    }

    @Test
    void messagesOfOneKeyComeInTheirOrder() throws Exception {
        for (int i = 0; i < 5; i++) {
            Cli cli =
                    Cli.run("publish", "--url", sqlite(), "--create-schema", "--key", "k", "--payload", "message " + i);
            assertThat(cli.exitCode()).as(cli.err()).isZero();
        }
        try (ChildRelay relay = ChildRelay.start(folder, "relay", "--url", sqlite(), "--stdout-publisher")) {
            relay.writes("message 4");
            assertThat(relay.out()).hasSize(5);
            for (int i = 0; i < 5; i++) {
                assertThat(relay.out().get(i)).contains("\"payload\":\"message " + i + "\"");
            }
        }
    }

    @Test
    void statusTellsWhatWaitsAndWhoWorks() throws Exception {
        Cli.run("standard input", Map.of(), "publish", "--url", sqlite(), "--create-schema");
        assertThat(Cli.run("status", "--url", sqlite(), "--json").out())
                .contains("\"pending\":1,")
                .contains("\"oldestPendingMillis\":")
                .contains("\"deadLetters\":0,\"processors\":[]}");
        try (ChildRelay relay = ChildRelay.start(
                folder, "relay", "--url", sqlite(), "--stdout-publisher", "--processor-id", "orders-1")) {
            relay.writes("standard input").says("orders-1: took 64 partitions");
            Cli status = Cli.run("status", "--url", sqlite());
            assertThat(status.out())
                    .contains("orders-1")
                    .contains("64 partitions")
                    .contains("dead letters  0");
        }
    }

    @Test
    void missingTablesEndItWithTheCommandToRun() throws Exception {
        try (ChildRelay relay = ChildRelay.start(folder, "relay", "--url", sqlite(), "--stdout-publisher")) {
            assertThat(relay.exitCode()).isEqualTo(ExitCode.SCHEMA);
            assertThat(relay.err()).contains("boxcar schema apply");
            assertThat(relay.err().lines()).hasSize(1);
        }
        assertThat(Cli.run("schema", "check", "--url", sqlite()).exitCode()).isEqualTo(ExitCode.SCHEMA);
        assertThat(Cli.run("schema", "apply", "--url", sqlite()).exitCode()).isEqualTo(ExitCode.OK);
        assertThat(Cli.run("schema", "apply", "--url", sqlite()).exitCode()).isEqualTo(ExitCode.OK);
        assertThat(Cli.run("schema", "check", "--url", sqlite()).exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void aRelayWhoseReaderLeavesEndsAndKeepsTheMessages() throws Exception {
        try (ChildRelay relay =
                ChildRelay.start(folder, "relay", "--url", sqlite(), "--create-schema", "--stdout-publisher")) {
            relay.says("started: SQLite");
            relay.process().getInputStream().close();
            // The first one still meets the read that was under way when the stream was closed.
            Cli.run("publish", "--url", sqlite(), "--payload", "for the last read");
            relay.waits("it is published", () -> pending() == 0);
            Cli.run("publish", "--url", sqlite(), "--payload", "for nobody");
            assertThat(relay.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(relay.err()).contains("standard output was closed");
        }
        assertThat(pending()).isEqualTo(1);
    }

    private int pending() {
        String status = Cli.run("status", "--url", sqlite(), "--json").out();
        return Integer.parseInt(status.replaceAll("(?s).*\"pending\":(\\d+).*", "$1"));
    }

    @Test
    void itEndsWithTheProcessThatStartedItIfAskedTo() throws Exception {
        try (ChildRelay relay = ChildRelay.start(folder, "relay", "--exit-on-stdin-close")) {
            relay.says("started: SQLite");
            relay.process().getOutputStream().close();
            assertThat(relay.exitCode()).isZero();
        }
    }

    @Test
    void eventsGoToAFileThatOtherProgramsRead() throws Exception {
        Path events = folder.resolve("events.jsonl");
        try (ChildRelay relay = ChildRelay.start(
                folder, Map.of("BOXCAR_EVENTS", events.toString()), "relay", "--processor-id", "orders-1")) {
            relay.says("orders-1: took 64 partitions");
            relay.terminate();
        }
        List<String> lines = Files.readAllLines(events);
        assertThat(lines).allMatch(line -> line.contains("\"processor\":\"orders-1\""));
        assertThat(String.join("\n", lines))
                .contains("\"event\":\"started\"")
                .contains("\"event\":\"claims-acquired\",\"partitions\":64,\"takenOver\":0")
                .contains("\"event\":\"stopped\"");
    }

    @Test
    void anH2FileServesToo() throws Exception {
        String url = "jdbc:h2:" + folder.resolve("outbox");
        assertThat(Cli.run("publish", "--url", url, "--create-schema", "--payload", "from H2")
                        .err())
                .isEmpty();
        try (ChildRelay relay = ChildRelay.start(folder, "relay", "--url", url, "--stdout-publisher")) {
            relay.writes("from H2");
            assertThat(relay.terminate()).isEqualTo(SIGTERM);
        }
    }
}
