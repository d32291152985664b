package dev.boxcar.testkit;

import static dev.boxcar.testkit.StorageDriver.LONG;
import static dev.boxcar.testkit.StoragePart.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.DeadLetter;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.DeadLetters;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.StoredEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Dead letters can be listed, replayed and purged, and waiting entries can be buried. */
interface DeadLetterContract<T> extends StoragePart<T> {

    private DeadLetters letters() {
        return driver().storage().deadLetters();
    }

    private List<String> deadTexts(DeadLetterQuery query) {
        return letters().list(query).stream()
                .map(letter -> StorageDriver.text(letter.entry()))
                .toList();
    }

    /** Writes so many messages, alternating between namespaces a and b, and gives them up in their order. */
    private void giveUp(int count) {
        for (int i = 0; i < count; i++) {
            driver().write(
                            i % 2 == 0 ? "a" : "b",
                            message("k" + i % 3, "m" + i)
                                    .withId("id-" + i)
                                    .withHeader("n", "" + i)
                                    .withType("t"));
        }
        Session session = driver().join("p", LONG);
        var claims = driver().takeAll(session, LONG);
        for (StoredEntry entry : driver().stored()) {
            driver().storage().settle(session, StorageDriver.dead(claims, entry, 5, "because"));
        }
        driver().storage().leave(session);
    }

    @Test
    default void deadLettersAreListedOldestFirstWithAllTheirParts() {
        giveUp(4);

        List<DeadLetter> found = letters().list(DeadLetterQuery.all());
        assertThat(found).extracting(DeadLetter::id).isSorted().doesNotHaveDuplicates();
        assertThat(deadTexts(DeadLetterQuery.all())).containsExactly("m0", "m1", "m2", "m3");
        DeadLetter second = found.get(1);
        assertThat(second.reason()).isEqualTo("because");
        assertThat(Duration.between(second.diedAt(), Instant.now()).abs()).isLessThan(Duration.ofMinutes(10));
        ClaimedEntry entry = second.entry();
        assertThat(entry.namespace()).isEqualTo("b");
        assertThat(entry.key()).isEqualTo(message("k1", "").key());
        assertThat(entry.headers()).containsEntry("n", "1").hasSize(1);
        assertThat(entry.type()).isEqualTo("t");
        assertThat(entry.messageId()).isEqualTo("id-1");
        assertThat(entry.attempt()).isEqualTo(5);
    }

    @Test
    default void deadLettersArePagedAndChosenByNamespaceAndId() {
        giveUp(6);
        List<Long> ids = letters().list(DeadLetterQuery.all()).stream()
                .map(DeadLetter::id)
                .toList();

        assertThat(deadTexts(DeadLetterQuery.all().limit(2))).containsExactly("m0", "m1");
        assertThat(deadTexts(DeadLetterQuery.all().after(ids.get(1)).limit(3))).containsExactly("m2", "m3", "m4");
        assertThat(deadTexts(DeadLetterQuery.ofNamespace("b"))).containsExactly("m1", "m3", "m5");
        assertThat(deadTexts(DeadLetterQuery.ofNamespace("b").after(ids.get(1)).limit(1)))
                .containsExactly("m3");
        assertThat(deadTexts(DeadLetterQuery.ofIds(List.of(ids.get(4), ids.get(0)))))
                .containsExactly("m0", "m4");
        assertThat(deadTexts(DeadLetterQuery.ofIds(List.of()))).isEmpty();
        assertThat(deadTexts(DeadLetterQuery.ofNamespace("c"))).isEmpty();
    }

    @Test
    default void aReplayedMessageKeepsItsIdAndContentAndStartsAfresh() {
        giveUp(3);

        assertThat(letters().replay(DeadLetterQuery.ofNamespace("b"))).isEqualTo(1);

        assertThat(deadTexts(DeadLetterQuery.all())).containsExactly("m0", "m2");
        List<StoredEntry> waiting = driver().stored();
        assertThat(waiting).hasSize(1);
        assertThat(waiting.get(0).delayMillis()).isZero();
        ClaimedEntry entry = waiting.get(0).entry();
        assertThat(entry.messageId()).isEqualTo("id-1");
        assertThat(entry.attempt()).isEqualTo(1);
        assertThat(entry.namespace()).isEqualTo("b");
        assertThat(entry.key()).isEqualTo(message("k1", "").key());
        assertThat(entry.headers()).containsEntry("n", "1").hasSize(1);
        assertThat(entry.type()).isEqualTo("t");
        assertThat(StorageDriver.text(entry)).isEqualTo("m1");
    }

    @Test
    default void aReplayedMessageGoesBehindWhatWaitsForItsKeyAndIsFoundByReadingOn() {
        StorageReader reader = driver().reader();
        giveUp(1);
        driver().write("a", message("k0", "waiting"));
        reader.readOn(10);

        letters().replay(DeadLetterQuery.all());

        assertThat(driver().texts()).containsExactly("waiting", "m0");
        assertThat(StorageDriver.texts(reader.readOn(10))).contains("m0");
        List<StoredEntry> stored = driver().stored();
        assertThat(stored.get(1).partition()).isEqualTo(stored.get(0).partition());
    }

    @Test
    default void aReplayTakesTheOldestFirstAndEachOnlyOnce() {
        giveUp(5);

        assertThat(letters().replay(DeadLetterQuery.all().limit(2))).isEqualTo(2);
        assertThat(letters().replay(DeadLetterQuery.all())).isEqualTo(3);
        assertThat(letters().replay(DeadLetterQuery.all())).isZero();

        assertThat(driver().texts()).containsExactly("m0", "m1", "m2", "m3", "m4");
        assertThat(letters().list(DeadLetterQuery.all())).isEmpty();
    }

    @Test
    default void aReplayedMessageCanDieAgain() {
        giveUp(1);
        letters().replay(DeadLetterQuery.all());
        Session session = driver().join("q", LONG);
        var claims = driver().takeAll(session, LONG);
        driver().storage()
                .settle(session, StorageDriver.dead(claims, driver().stored().get(0), 6, "once more"));

        List<DeadLetter> found = letters().list(DeadLetterQuery.all());
        assertThat(found).hasSize(1);
        assertThat(found.get(0).reason()).isEqualTo("once more");
        assertThat(found.get(0).entry().messageId()).isEqualTo("id-0");
    }

    @Test
    default void purgedDeadLettersAreGoneForGood() {
        giveUp(5);

        assertThat(letters().purge(DeadLetterQuery.ofNamespace("a").limit(2))).isEqualTo(2);

        assertThat(deadTexts(DeadLetterQuery.all())).containsExactly("m1", "m3", "m4");
        assertThat(letters().purge(DeadLetterQuery.all())).isEqualTo(3);
        assertThat(letters().purge(DeadLetterQuery.all())).isZero();
        assertThat(driver().stored()).isEmpty();
    }

    @Test
    default void aWaitingEntryCanBeBuried() {
        driver().write("a", message("k", "stuck"), message("k", "next"));
        long id = driver().entries().get(0).id();

        assertThat(letters().bury(List.of(id, id + 1_000_000), "by hand")).isEqualTo(1);
        assertThat(letters().bury(List.of(id), "by hand")).isZero();

        assertThat(driver().texts()).containsExactly("next");
        List<DeadLetter> found = letters().list(DeadLetterQuery.all());
        assertThat(found).hasSize(1);
        assertThat(found.get(0).reason()).isEqualTo("by hand");
        assertThat(StorageDriver.text(found.get(0).entry())).isEqualTo("stuck");
    }
}
