package dev.boxcar.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.chaos.Journal.Findings;
import dev.boxcar.chaos.Journal.Findings.Wrong;
import dev.boxcar.spi.StorageStatus;
import dev.boxcar.spi.StorageStatus.ProcessorStatus;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A verdict is red for each thing that did not hold, and says which. */
class VerdictTest {

    private static final Wrong NOTHING = new Wrong(0, 0, 0, 0, 0);
    private static final StorageStatus EMPTY = new StorageStatus(0, null, 3, List.of());
    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final CampaignSettings SETTINGS =
            new CampaignSettings(3, 42, DatabaseKind.POSTGRESQL, false, LIMIT, Set.of(), ".*");

    private final FaultLog log = new FaultLog();

    private Verdict verdict(Wrong wrong, long duplicates, StorageStatus outbox, boolean drained) {
        Findings findings = new Findings(1_000, 1_000, 10, 2, wrong, duplicates, 3);
        return new Verdict(SETTINGS, findings, log.summary(), outbox, drained, Duration.ofSeconds(90));
    }

    private List<String> failed(Wrong wrong, long duplicates) {
        return verdict(wrong, duplicates, EMPTY, true).checks().failed();
    }

    @Test
    void isGreenWhereAllHolds() {
        log.begin("relay-kill", 1);
        log.takeover("relay-kill", Duration.ofMillis(2_500), LIMIT);
        log.duplicate();
        log.end("relay-kill");
        Verdict verdict = verdict(NOTHING, 1, EMPTY, true);
        assertThat(verdict.checks().failed()).isEmpty();
        assertThat(verdict.text()).contains("relay-kill").endsWith("Verdict: ok");
        assertThat(verdict.json())
                .startsWith("{\"seed\":42,\"minutes\":1.5,\"faults\":{\"relay-kill\":1},\"messages\":1000,\"lost\":0,"
                        + "\"ghosts\":0,\"orderViolations\":0,\"duplicates\":1,\"duplicateBound\":2000,")
                .endsWith("\"longestTakeoverMillis\":2500,\"verdict\":\"ok\"}");
    }

    @Test
    void isRedForEachKindOfMistake() {
        assertThat(failed(new Wrong(1, 0, 0, 0, 0), 0)).containsExactly("nothing is lost");
        assertThat(failed(new Wrong(0, 1, 0, 0, 0), 0)).containsExactly("nothing is invented");
        assertThat(failed(new Wrong(0, 0, 1, 0, 0), 0)).containsExactly("order per key");
        assertThat(failed(new Wrong(0, 0, 0, 1, 0), 0)).containsExactly("dead letters are the messages' own fault");
        assertThat(failed(new Wrong(0, 0, 0, 0, 1), 0)).containsExactly("duplicates only after failures");
        assertThat(verdict(NOTHING, 0, EMPTY, false).checks().failed()).containsExactly("nothing is left behind");
        StorageStatus held = new StorageStatus(0, null, 0, List.of(new ProcessorStatus("a", 1, LIMIT)));
        assertThat(verdict(NOTHING, 0, held, true).checks().failed()).containsExactly("nothing is left behind");
    }

    @Test
    void isRedForMoreDuplicatesThanTheFaultsExplain() {
        log.begin("relay-kill", 2);
        log.end("relay-kill");
        assertThat(failed(NOTHING, 2L * RelayFleet.IN_FLIGHT)).isEmpty();
        assertThat(failed(NOTHING, 2L * RelayFleet.IN_FLIGHT + 1)).containsExactly("duplicates only after failures");
    }

    @Test
    void isRedForADuplicateBeforeTheFirstFaultUnlessARelayToldOfAFailure() {
        log.duplicate();
        log.begin("relay-kill", 1);
        assertThat(failed(NOTHING, 1)).containsExactly("duplicates only after failures");
        log.end("relay-kill");
        log.relayFailed();
        assertThat(failed(NOTHING, 1)).isEmpty();
    }

    @Test
    void isRedForATakeoverThatTookTooLong() {
        log.begin("relay-pause", 1);
        log.takeover("relay-pause", LIMIT.plusMillis(1), LIMIT);
        assertThat(failed(NOTHING, 0)).containsExactly("takeover in time");
    }

    @Test
    void isRedForAFaultFromWhichNobodyRecovered() {
        log.begin("broker-kill", 3);
        log.notRecovered("broker-kill", "7 messages still waited");
        assertThat(failed(NOTHING, 0)).containsExactly("recovers from every fault");
    }
}
