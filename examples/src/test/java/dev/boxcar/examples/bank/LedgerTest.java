package dev.boxcar.examples.bank;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.examples.bank.Bank.Account;
import dev.boxcar.examples.bank.Ledger.Findings;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The judge itself is judged with made-up streams. */
class LedgerTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Ledger ledger = new Ledger();

    private static AccountEvent event(int account, long sequence) {
        return new AccountEvent(account, sequence, 10, 1_000 + 10 * sequence, "t" + account + "-" + sequence);
    }

    private void committed(AccountEvent... events) {
        ledger.committed(List.of(events));
    }

    private void arrived(AccountEvent... events) {
        Arrays.stream(events).forEach(event -> ledger.arrived(event.id(), event, NOW));
    }

    @Test
    void aStreamWithoutFaultHasNone() {
        committed(event(1, 1), event(2, 1));
        committed(event(1, 2));
        arrived(event(2, 1), event(1, 1), event(1, 2));

        Findings found = ledger.findings();
        assertThat(found.committed()).isEqualTo(3);
        assertThat(found.delivered()).isEqualTo(3);
        assertThat(found.lost()).isZero();
        assertThat(found.ghosts()).isZero();
        assertThat(found.orderViolations()).isZero();
        assertThat(found.duplicates()).isEmpty();
        assertThat(found.keys()).isEqualTo(2);
        assertThat(found.rebuilt()).containsEntry(1, new Account(1_020, 2)).containsEntry(2, new Account(1_010, 1));
        assertThat(ledger.complete()).isTrue();
    }

    @Test
    void aCommittedMessageThatNeverArrivesIsLost() {
        committed(event(1, 1), event(1, 2), event(1, 3));
        arrived(event(1, 1), event(1, 3));

        Findings found = ledger.findings();
        assertThat(found.lost()).isEqualTo(1);
        assertThat(found.delivered()).isEqualTo(2);
        assertThat(found.orderViolations()).as("a gap is a loss, not disorder").isZero();
        assertThat(found.rebuilt()).containsEntry(1, new Account(1_020, 2));
        assertThat(ledger.complete()).isFalse();
    }

    @Test
    void aMessageThatWasNeverCommittedIsAGhost() {
        committed(event(1, 1), event(1, 2));
        AccountEvent rolledBack = new AccountEvent(1, 2, 10, 1_020, "rolled back");
        ledger.rolledBack(List.of(rolledBack));
        arrived(event(1, 1), rolledBack, event(1, 2));

        Findings found = ledger.findings();
        assertThat(found.ghosts()).isEqualTo(1);
        assertThat(found.delivered()).isEqualTo(2);
        assertThat(found.lost()).isZero();
        assertThat(found.orderViolations()).as("a ghost is no disorder").isZero();
        assertThat(found.rolledBack()).isEqualTo(1);
        assertThat(found.rolledBackTransfers()).isEqualTo(1);
    }

    @Test
    void aGhostDoesNotMakeUpForALostMessage() {
        committed(event(1, 1));
        arrived(new AccountEvent(1, 1, 10, 1_010, "somebody else's"));

        assertThat(ledger.complete()).isFalse();
        assertThat(ledger.findings().lost()).isEqualTo(1);
        assertThat(ledger.findings().ghosts()).isEqualTo(1);
    }

    @Test
    void twoMessagesOfAnAccountThatChangedPlacesAreDisorder() {
        committed(event(1, 1), event(1, 2), event(1, 3));
        arrived(event(1, 2), event(1, 1), event(1, 3));
        assertThat(ledger.findings().orderViolations()).isEqualTo(1);
    }

    @Test
    void messagesOfDifferentAccountsHaveNoOrder() {
        committed(event(1, 1), event(2, 1), event(2, 2));
        arrived(event(2, 1), event(2, 2), event(1, 1));
        assertThat(ledger.findings().orderViolations()).isZero();
    }

    @Test
    void aMessageThatArrivesAgainIsADuplicateAndNothingElse() {
        committed(event(1, 1), event(1, 2));
        arrived(event(1, 1), event(1, 2), event(1, 1), event(1, 2));

        Findings found = ledger.findings();
        assertThat(found.duplicates()).hasSize(2);
        assertThat(found.orderViolations()).isZero();
        assertThat(found.delivered()).isEqualTo(2);
        assertThat(found.rebuilt()).containsEntry(1, new Account(1_020, 2));
    }

    @Test
    void aMessageMayArriveBeforeItsWriterTellsOfTheCommit() {
        arrived(event(1, 1));
        committed(event(1, 1));
        assertThat(ledger.findings().ghosts()).isZero();
        assertThat(ledger.complete()).isTrue();
    }

    @Test
    void anEventSurvivesItsJson() {
        AccountEvent event = new AccountEvent(17, 5, -20, 980, "t42");
        assertThat(AccountEvent.parse(event.toMessage().payload())).isEqualTo(event);
        assertThat(event.toMessage().id()).isEqualTo("t42/17");
    }
}
