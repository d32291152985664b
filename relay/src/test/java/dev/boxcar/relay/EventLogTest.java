package dev.boxcar.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.OutboxContext;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventLogTest {

    private static final ClaimedEntry ENTRY = new ClaimedEntry(
            7,
            OutboxContext.ofNamespace("orders"),
            "m7",
            "topsecretkey".getBytes(UTF_8),
            "topsecretpayload".getBytes(UTF_8),
            Map.of("h", "topsecretheader"),
            null,
            3,
            Instant.EPOCH);

    @Test
    void everyEventIsOneLineThatNamesTheProcessor() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (EventLog log = new EventLog(new PrintStream(bytes, false, UTF_8), false)) {
            log.started("orders-1");
            log.claimsAcquired(32, 5);
            log.claimsReleased(3);
            log.claimsLost(2);
            log.published("default", List.of(ENTRY, ENTRY), Duration.ZERO);
            log.published("default", List.of(ENTRY), Duration.ZERO);
            log.retryScheduled(ENTRY, "too big", Duration.ofMillis(200));
            log.deadLettered(ENTRY, "too big");
            log.keyHeld(ENTRY, "too big");
            log.destinationUnavailable("default", "no \"answer\"");
            log.destinationAvailable("default", Duration.ofSeconds(2));
            log.storageFailed("reading", new IllegalStateException("topsecretcause"));
            log.storageRecovered(Duration.ofSeconds(1));
            log.stopped("orders-1");
        }
        String text = bytes.toString(UTF_8);
        assertThat(text.lines())
                .hasSize(13)
                .allMatch(line -> line.startsWith("{\"time\":\"20") && line.endsWith("}"))
                .allMatch(line -> line.contains("\"processor\":\"orders-1\""));
        assertThat(text)
                .contains("\"event\":\"claims-acquired\",\"partitions\":32,\"takenOver\":5")
                .contains("\"event\":\"published\",\"count\":3,\"total\":3")
                .contains("\"reason\":\"no \\\"answer\\\"\"")
                .contains("\"delayMillis\":200")
                .doesNotContain("topsecret");
    }
}
