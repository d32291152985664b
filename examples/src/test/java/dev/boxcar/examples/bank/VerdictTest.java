package dev.boxcar.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.examples.bank.Bank.Account;
import dev.boxcar.examples.bank.Ledger.Findings;
import dev.boxcar.examples.bank.Takeovers.Failure;
import dev.boxcar.examples.bank.Takeovers.Takeover;
import dev.boxcar.spi.StorageStatus;
import dev.boxcar.spi.StorageStatus.ProcessorStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerdictTest {

    private static final Instant KILL = Instant.parse("2026-01-01T00:00:00Z");
    private static final Map<Integer, Account> ACCOUNTS = Map.of(1, new Account(990, 1), 2, new Account(1_010, 1));
    private static final StorageStatus EMPTY = new StorageStatus(0, null, 0, List.of());

    private long lost;
    private long ghosts;
    private long orderViolations;
    private List<Instant> duplicates = List.of(KILL.plusSeconds(2));
    private Map<Integer, Account> rebuilt = ACCOUNTS;
    private Map<Integer, Account> database = ACCOUNTS;
    private List<Takeover> takeovers = List.of(new Takeover("a", "b", 32, Duration.ofMillis(2_400)));
    private boolean takeoverPending;
    private StorageStatus outbox = EMPTY;

    private Verdict verdict() {
        return new Verdict(new Verdict.Evidence(
                new Findings(2, 2 - lost, lost, ghosts, 4, 2, 2, orderViolations, duplicates, rebuilt),
                database,
                takeovers,
                takeoverPending,
                List.of(new Failure("kill -9", KILL)),
                outbox,
                Duration.ofMillis(12_345)));
    }

    private void assertFails(String check) {
        Verdict verdict = verdict();
        assertThat(verdict.ok()).isFalse();
        assertThat(verdict.text().lines().filter(line -> line.contains("FAILED")))
                .as("this check and the verdict, and no other")
                .hasSize(2)
                .first()
                .asString()
                .contains(check);
        assertThat(verdict.json()).contains("\"verdict\":\"failed\"");
    }

    @Test
    void everythingAsItShouldBeIsOk() {
        assertThat(verdict().ok()).isTrue();
        assertThat(verdict().text()).doesNotContain("FAILED").contains("1 duplicates after kill -9; 0 without");
        assertThat(verdict().json())
                .isEqualTo("{\"committed\":2,\"delivered\":2,\"lost\":0,\"ghosts\":0,\"orderViolations\":0,"
                        + "\"duplicates\":1,\"takeovers\":1,\"longestTakeoverMillis\":2400,\"seconds\":12.3,"
                        + "\"verdict\":\"ok\"}");
    }

    @Test
    void aLostMessageFails() {
        lost = 1;
        assertFails("committed = delivered");
    }

    @Test
    void aGhostFails() {
        ghosts = 1;
        assertFails("nothing that was rolled back");
    }

    @Test
    void disorderFails() {
        orderViolations = 1;
        assertFails("order per key");
    }

    @Test
    void aBalanceThatDiffersFails() {
        rebuilt = Map.of(1, new Account(991, 1), 2, new Account(1_010, 1));
        assertFails("balances");
    }

    @Test
    void anAccountWithoutMessagesMustBeUntouched() {
        rebuilt = Map.of(1, new Account(990, 1));
        assertFails("balances");
    }

    @Test
    void moneyFromNowhereFails() {
        database = Map.of(1, new Account(990, 1), 2, new Account(1_011, 1));
        rebuilt = database;
        assertFails("balances");
    }

    @Test
    void aDuplicateBeforeAnyFailureFails() {
        duplicates = List.of(KILL.minusMillis(1));
        assertFails("duplicates");
    }

    @Test
    void aDuplicateLongAfterTheFailureFails() {
        duplicates = List.of(KILL.plusSeconds(60));
        assertFails("duplicates");
    }

    @Test
    void aTakeoverThatIsLateFails() {
        takeovers = List.of(new Takeover("a", "b", 32, Duration.ofMillis(3_001)));
        assertFails("takeover");
    }

    @Test
    void aTakeoverThatNeverEndsFails() {
        takeoverPending = true;
        assertFails("takeover");
    }

    @Test
    void aDemoInWhichNothingWasTakenOverFails() {
        takeovers = List.of();
        assertFails("takeover");
    }

    @Test
    void aMessageLeftInTheOutboxFails() {
        outbox = new StorageStatus(1, Duration.ofSeconds(3), 0, List.of());
        assertFails("nothing left behind");
    }

    @Test
    void aDeadLetterFails() {
        outbox = new StorageStatus(0, null, 1, List.of());
        assertFails("nothing left behind");
    }

    @Test
    void aClaimThatWasNotGivenBackFails() {
        outbox = new StorageStatus(0, null, 0, List.of(new ProcessorStatus("relay-2", 64, Duration.ofSeconds(1))));
        assertFails("nothing left behind");
    }
}
