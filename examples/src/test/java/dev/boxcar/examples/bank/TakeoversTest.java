package dev.boxcar.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.examples.bank.Takeovers.Takeover;
import dev.boxcar.examples.support.RelayEvent;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TakeoversTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Takeovers takeovers = new Takeovers();

    private static RelayEvent event(String relay, String name, double second, int partitions, int takenOver) {
        return new RelayEvent(relay, name, START.plusMillis((long) (second * 1_000)), partitions, takenOver);
    }

    @Test
    void aTakeoverIsCompleteWhenTheLastPartitionHasANewOwner() {
        takeovers.event(event("a", "claims-acquired", 0, 64, 0));
        takeovers.event(event("a", "claims-released", 1, 40, 0));
        takeovers.event(event("b", "claims-acquired", 1, 20, 0));
        takeovers.event(event("c", "claims-acquired", 1, 20, 0));
        takeovers.killed("a", START.plusSeconds(5));
        assertThat(takeovers.pending()).isTrue();
        assertThat(takeovers.held()).containsOnlyKeys("b", "c");

        assertThat(takeovers.event(event("b", "claims-acquired", 6.5, 10, 10))).isNull();
        assertThat(takeovers.event(event("c", "claims-acquired", 7.25, 14, 14)))
                .isEqualTo(new Takeover("a", "c", 24, Duration.ofMillis(2_250)));
        assertThat(takeovers.pending()).isFalse();
        assertThat(takeovers.done()).hasSize(1);
        assertThat(takeovers.held()).containsEntry("b", 30).containsEntry("c", 34);
    }

    @Test
    void whatTheVictimTookBeforeItDiedIsNoTakeover() {
        takeovers.event(event("a", "claims-acquired", 0, 32, 0));
        takeovers.killed("a", START.plusSeconds(5));
        assertThat(takeovers.event(event("b", "claims-acquired", 4, 32, 32))).isNull();
        assertThat(takeovers.pending()).isTrue();
    }

    @Test
    void killsAndLostClaimsExplainDuplicates() {
        takeovers.killed("a", START);
        takeovers.event(event("b", "claims-lost", 3, 5, 0));
        takeovers.event(event("b", "published", 3, 0, 0));
        assertThat(takeovers.failures())
                .extracting(Takeovers.Failure::when)
                .containsExactly(START, START.plusSeconds(3));
    }

    @Test
    void theLinesOfARelayAreUnderstood() {
        assertThat(RelayEvent.parse("{\"time\":\"2026-01-01T00:00:00Z\",\"processor\":\"relay-1\","
                        + "\"event\":\"claims-acquired\",\"partitions\":32,\"takenOver\":5}"))
                .contains(new RelayEvent("relay-1", "claims-acquired", START, 32, 5));
        assertThat(RelayEvent.parse("no event")).isEmpty();
    }
}
