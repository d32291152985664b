package dev.boxcar.testkit;

import static dev.boxcar.testkit.StorageDriver.texts;
import static dev.boxcar.testkit.StoragePart.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.ReadPosition;
import dev.boxcar.spi.StoredEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Ids are handed out before they commit, so they become visible in any order: reading on must lose nothing and must not let an
 * entry overtake its key.
 */
interface CommitOrderContract<T> extends StoragePart<T> {

    @Test
    default void aTransactionThatCommitsLateIsNotLost() {
        if (assertedThatWritersWait()) {
            return;
        }
        StorageReader reader = driver().reader();
        T late = driver().begin("", message("a", "late"));
        driver().write("", message("b", "early"));
        assertThat(texts(reader.readOn(10))).containsExactly("early");

        driver().commit(late);

        assertThat(texts(reader.readOn(10))).contains("late");
    }

    @Test
    default void anEntryDoesNotOvertakeALateOneOfItsKeyThatCommittedBeforeItWasWritten() {
        if (assertedThatWritersWait()) {
            return;
        }
        StorageReader reader = driver().reader();
        T first = driver().begin("", message("k", "first"));
        driver().write("", message("other", "x"));
        assertThat(texts(reader.readOn(10))).containsExactly("x");
        driver().commit(first);
        driver().write("", message("k", "second"));

        List<String> rest = texts(reader.readOn(10));
        assertThat(rest).contains("first", "second");
        assertThat(rest.indexOf("first")).isLessThan(rest.indexOf("second"));
    }

    @Test
    default void theSameHoldsInPagesOfOneEntry() {
        if (assertedThatWritersWait()) {
            return;
        }
        StorageReader reader = driver().reader();
        T first = driver().begin("", message("k", "first"));
        T open = driver().begin("", message("z", "open"));
        driver().write("", message("x", "x1"), message("x", "x2"), message("x", "x3"));
        List<String> found = new ArrayList<>(texts(reader.page(1)));
        driver().commit(first);
        found.addAll(texts(reader.page(1)));
        driver().write("", message("k", "second"));
        found.addAll(texts(reader.readOn(1)));
        driver().rollback(open);

        assertThat(found).contains("x1", "x2", "x3", "first", "second").doesNotContain("open");
        assertThat(found.indexOf("first")).isLessThan(found.indexOf("second"));
    }

    @Test
    default void aLateCommitBehindTheWalkIsFoundBeforeThereIsNoMore() {
        if (assertedThatWritersWait()) {
            return;
        }
        T late = driver().begin("", message("late", "late"));
        for (int i = 1; i <= 5; i++) {
            driver().write("", message("k" + i, "m" + i));
        }
        StorageReader reader = driver().reader();
        List<String> found = new ArrayList<>(texts(reader.page(3)));
        driver().commit(late);
        found.addAll(texts(reader.readOn(3))); // a page that is not full ends the walk, and is not the end

        assertThat(found)
                .as("all that was committed when the last read began")
                .contains("m1", "m2", "m3", "m4", "m5", "late");
    }

    @Test
    default void aTransactionThatStaysOpenHoldsNobodyUp() {
        T stranger = driver().begin();
        T open = driver().fixture().severalWriters() ? driver().begin("", message("k", "open")) : stranger;
        StorageReader reader = driver().reader();
        for (int i = 0; i < 10; i++) {
            driver().write("", message("k" + i, "m" + i));
            assertThat(texts(reader.readOn(3)))
                    .as("round %s", i)
                    .contains("m" + i)
                    .doesNotContain("open");
        }
        if (open != stranger) {
            driver().commit(open);
            assertThat(texts(reader.readOn(3))).contains("open");
        }
        driver().rollback(stranger);
    }

    @Test
    default void commitsInReverseOrderAreAllFound() {
        if (assertedThatWritersWait()) {
            return;
        }
        List<T> transactions = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            transactions.add(driver().begin("", message("k" + i, "m" + i)));
        }
        StorageReader reader = driver().reader();
        for (int i = 7; i >= 0; i--) {
            driver().commit(transactions.get(i));
            assertThat(texts(reader.readOn(2))).contains("m" + i);
        }
    }

    @Test
    default void everyReaderHasItsOwnPosition() {
        driver().write("a", message("k", "a1"));
        StorageReader ofA = driver().reader(driver().allPartitions(), NamespaceFilter.only(Set.of("a")));
        StorageReader ofAll = driver().reader();
        assertThat(texts(ofA.readOn(10))).containsExactly("a1");
        driver().write("b", message("k", "b1"));
        assertThat(texts(ofA.readOn(10))).doesNotContain("b1");

        assertThat(texts(ofAll.readOn(10))).containsExactly("a1", "b1");
    }

    @Test
    default void aMergedPositionReturnsWhatEitherWouldReturn() {
        StorageReader reader = driver().reader();
        driver().write("", message("a", "1"));
        reader.readOn(10);
        ReadPosition early = Objects.requireNonNull(reader.position());
        driver().write("", message("a", "2"), message("b", "3"));
        reader.readOn(10);
        ReadPosition late = Objects.requireNonNull(reader.position());
        driver().write("", message("c", "4"));

        assertThat(texts(driver().reader().moveTo(early.merge(late)).readOn(1))).contains("2", "3", "4");
        assertThat(texts(driver().reader().moveTo(late.merge(early)).readOn(10)))
                .contains("2", "3", "4");
        assertThat(texts(driver().reader().moveTo(late.merge(late)).readOn(10))).contains("4");
    }

    @Test
    default void positionsInTheMiddleOfTheirWalksMergeToo() {
        boolean lateCommits = driver().fixture().severalWriters();
        for (int i = 0; i < 6; i++) {
            driver().write("", message("k" + i, "m" + i));
        }
        StorageReader reader = driver().reader();
        reader.page(4);
        ReadPosition middle = Objects.requireNonNull(reader.position());
        T late = lateCommits ? driver().begin("", message("late", "late")) : driver().begin();
        driver().write("", message("k", "m6"));
        StorageReader other = driver().reader();
        other.readOn(2);
        ReadPosition atEnd = Objects.requireNonNull(other.position());
        driver().commit(late);
        driver().write("", message("k", "m7"));

        for (ReadPosition merged : List.of(
                middle.merge(atEnd), atEnd.merge(middle), middle.merge(atEnd).merge(middle))) {
            List<StoredEntry> found = driver().reader().moveTo(merged).readOn(1);
            assertThat(texts(found)).contains("m4", "m5", "m6", "m7");
            if (lateCommits) {
                assertThat(texts(found)).contains("late");
            }
        }
    }

    @Test
    default void readingFromNothingFindsEverythingThatIsThere() {
        StorageReader reader = driver().reader();
        for (int i = 0; i < 5; i++) {
            driver().write("", message("k", "m" + i));
            reader.readOn(1);
        }

        assertThat(driver().texts()).containsExactly("m0", "m1", "m2", "m3", "m4");
    }
}
