package dev.boxcar.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.chaos.Journal.Entry;
import dev.boxcar.chaos.Journal.Findings.Wrong;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The judge sees each kind of mistake, and none where there is none. */
class JournalTest {

    private static final Wrong NOTHING = new Wrong(0, 0, 0, 0, 0);

    private final Journal journal = new Journal();
    private final int key = journal.newKey();

    private Entry committed() {
        Entry entry = journal.next(key);
        journal.committed(List.of(entry));
        return entry;
    }

    private void arrive(Entry entry) {
        journal.arrived(entry, "id-" + entry);
    }

    @Test
    void findsNothingWhereAllIsWell() {
        Entry first = committed();
        journal.rolledBack(List.of(journal.next(key)));
        Entry early = journal.next(key);
        arrive(first);
        arrive(early);
        journal.committed(List.of(early));
        arrive(first);

        assertThat(journal.findings()).isEqualTo(new Journal.Findings(2, 2, 1, 0, NOTHING, 1, 0));
        assertThat(journal.waitingCount()).isZero();
    }

    @Test
    void seesWhatIsLost() {
        arrive(committed());
        committed();
        assertThat(journal.findings().wrong()).isEqualTo(new Wrong(1, 0, 0, 0, 0));
        assertThat(journal.waitingCount()).isEqualTo(1);
        assertThat(journal.complete(Set.of(key))).isFalse();
    }

    @Test
    void seesWhatWasRolledBackOrNeverWritten() {
        Entry entry = journal.next(key);
        journal.rolledBack(List.of(entry));
        arrive(entry);
        arrive(new Entry(key, 77));
        arrive(new Entry(99, 0));
        assertThat(journal.findings().wrong()).isEqualTo(new Wrong(0, 3, 0, 0, 0));
    }

    @Test
    void seesDisorderOnceDuplicatesAreDropped() {
        Entry first = committed();
        Entry second = committed();
        Entry third = committed();
        arrive(first);
        arrive(third);
        arrive(first);
        arrive(second);
        arrive(third);
        assertThat(journal.findings().wrong()).isEqualTo(new Wrong(0, 0, 1, 0, 0));
        assertThat(journal.findings().duplicates()).isEqualTo(2);
    }

    @Test
    void seesAnIdThatChanges() {
        Entry entry = committed();
        arrive(entry);
        journal.arrived(entry, "another");
        assertThat(journal.findings().wrong()).isEqualTo(new Wrong(0, 0, 0, 0, 1));
    }

    @Test
    void wantsRefusedMessagesAmongTheDeadLettersAndNoOthers() {
        Entry refused = journal.next(key);
        Entry other = journal.next(key);
        journal.willBeRefused(refused);
        journal.committed(List.of(refused, other));
        assertThat(journal.findings().wrong()).isEqualTo(new Wrong(2, 0, 0, 0, 0));

        journal.buried(refused);
        arrive(other);
        assertThat(journal.findings().wrong()).isEqualTo(NOTHING);

        journal.buried(other);
        assertThat(journal.findings().wrong()).isEqualTo(new Wrong(0, 0, 0, 1, 0));
        journal.buried(refused);
        assertThat(journal.findings().wrong()).isEqualTo(new Wrong(0, 0, 0, 2, 0));
        arrive(refused);
        assertThat(journal.findings().wrong()).isEqualTo(new Wrong(0, 0, 1, 3, 0));
    }

    @Test
    void learnsWhatBecameOfACommitWithoutAnAnswer() {
        Entry happened = journal.next(key);
        Entry never = journal.next(key);
        journal.unknown(1, List.of(happened));
        journal.unknown(2, List.of(never));
        arrive(happened);
        journal.resolve(transaction -> transaction == 1);
        assertThat(journal.findings()).isEqualTo(new Journal.Findings(1, 1, 1, 2, NOTHING, 0, 0));

        arrive(never);
        assertThat(journal.findings().wrong()).isEqualTo(new Wrong(0, 1, 0, 0, 0));
    }

    @Test
    void tellsWhenWhatWaitedHasArrived() {
        Entry first = committed();
        Set<Long> waiting = journal.waiting();
        Entry later = committed();
        arrive(later);
        assertThat(journal.haveArrived(waiting)).isFalse();
        arrive(first);
        committed();
        assertThat(journal.haveArrived(waiting)).isTrue();
    }
}
