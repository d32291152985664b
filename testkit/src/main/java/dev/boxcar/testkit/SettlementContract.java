package dev.boxcar.testkit;

import static dev.boxcar.testkit.StorageDriver.LONG;
import static dev.boxcar.testkit.StorageDriver.SHORT;
import static dev.boxcar.testkit.StorageDriver.published;
import static dev.boxcar.testkit.StoragePart.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.DeadLetter;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.Settlement;
import dev.boxcar.spi.StoredEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What became of entries is written down, once, by the holder of the claim only. */
interface SettlementContract<T> extends StoragePart<T> {

    private List<StoredEntry> written(int count) {
        driver().write(
                        "",
                        IntStream.range(0, count)
                                .mapToObj(i -> message("k" + i, "m" + i))
                                .toList());
        return driver().stored();
    }

    private void settle(Session session, Settlement settlement) {
        driver().storage().settle(session, settlement);
    }

    private List<DeadLetter> deadLetters() {
        return driver().storage().deadLetters().list(DeadLetterQuery.all());
    }

    /** One settlement with a published, a retried and a dead entry. */
    private static Settlement oneOfEach(Map<Integer, Claim> claims, List<StoredEntry> entries) {
        return new Settlement(
                published(claims, entries.subList(0, 1)).published(),
                StorageDriver.retry(claims, entries.get(1), 4, Duration.ofMinutes(1))
                        .retries(),
                StorageDriver.dead(claims, entries.get(2), 7, "no").dead());
    }

    @Test
    default void publishedEntriesAreGoneAndTheOthersStay() {
        List<StoredEntry> entries = written(6);
        Session session = driver().join("p", LONG);
        var claims = driver().takeAll(session, LONG);

        settle(session, published(claims, List.of(entries.get(0), entries.get(3), entries.get(5))));

        assertThat(driver().texts()).containsExactly("m1", "m2", "m4");
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    default void aRetriedEntryKeepsItsPlaceAndShowsAttemptAndDelay() {
        List<StoredEntry> entries = written(3);
        Session session = driver().join("p", LONG);
        var claims = driver().takeAll(session, LONG);

        settle(session, StorageDriver.retry(claims, entries.get(1), 3, Duration.ofSeconds(60)));

        List<StoredEntry> now = driver().stored();
        assertThat(StorageDriver.texts(now)).containsExactly("m0", "m1", "m2");
        StoredEntry retried = now.get(1);
        assertThat(retried.entry().attempt()).isEqualTo(4);
        assertThat(retried.entry().messageId()).isEqualTo(entries.get(1).entry().messageId());
        assertThat(retried.delayMillis()).isBetween(30_000L, 60_000L);
        assertThat(driver().storage()
                        .reload(List.of(retried.entry().id()))
                        .get(0)
                        .delayMillis())
                .isBetween(30_000L, 60_000L);
        assertThat(now.get(0)).isEqualTo(entries.get(0));
    }

    @Test
    default void aDelayRunsOutByTheClockOfTheStorage() {
        StoredEntry entry = written(1).get(0);
        Session session = driver().join("p", LONG);
        var claims = driver().takeAll(session, LONG);
        settle(session, StorageDriver.retry(claims, entry, 1, Duration.ofMillis(400)));
        List<Long> id = List.of(entry.entry().id());
        assertThat(driver().storage().reload(id).get(0).delayMillis()).isBetween(0L, 400L);

        Await.until(
                "the delay is over", () -> driver().storage().reload(id).get(0).delayMillis() == 0);

        assertThat(driver().storage().reload(id).get(0).entry().attempt()).isEqualTo(2);
    }

    @Test
    default void aDeadEntryMovesToTheDeadLettersWithItsReason() {
        List<StoredEntry> entries = written(2);
        Session session = driver().join("p", LONG);
        var claims = driver().takeAll(session, LONG);

        settle(session, StorageDriver.dead(claims, entries.get(0), 10, "too large for the topic"));

        assertThat(driver().texts()).containsExactly("m1");
        assertThat(deadLetters()).hasSize(1);
        DeadLetter letter = deadLetters().get(0);
        assertThat(letter.reason()).isEqualTo("too large for the topic");
        assertThat(letter.entry().attempt()).isEqualTo(10);
        assertThat(letter.entry().messageId()).isEqualTo(entries.get(0).entry().messageId());
        assertThat(letter.entry().payload()).isEqualTo(entries.get(0).entry().payload());
    }

    @Test
    default void aSettlementUnderAClaimOfAnOlderEpochChangesNothing() {
        List<StoredEntry> entries = written(3);
        Session session = driver().join("p", LONG);
        var old = driver().takeAll(session, LONG);
        driver().storage().release(session, old.values());
        driver().takeAll(session, LONG);

        settle(session, oneOfEach(old, entries));

        assertThat(driver().stored()).isEqualTo(entries);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    default void aSettlementUnderAReleasedClaimChangesNothing() {
        List<StoredEntry> entries = written(3);
        Session session = driver().join("p", LONG);
        var claims = driver().takeAll(session, LONG);
        driver().storage().release(session, claims.values());

        settle(session, oneOfEach(claims, entries));

        assertThat(driver().stored()).isEqualTo(entries);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    default void aSessionCannotSettleUnderTheClaimOfAnother() {
        List<StoredEntry> entries = written(3);
        Session holder = driver().join("holder", LONG);
        Session other = driver().join("other", LONG);
        var claims = driver().takeAll(holder, LONG);

        settle(other, oneOfEach(claims, entries));

        assertThat(driver().stored()).isEqualTo(entries);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    default void aSessionWhoseClaimsWereTakenOverCannotSettle() {
        List<StoredEntry> entries = written(3);
        Session paused = driver().join("paused", SHORT);
        var claims = driver().takeAll(paused, SHORT);
        Session heir = driver().join("heir", LONG);
        driver().awaitExpiryOf(paused, heir);
        var inherited = driver().takeAll(heir, LONG);

        settle(paused, oneOfEach(claims, entries));
        assertThat(driver().stored()).isEqualTo(entries);
        assertThat(deadLetters()).isEmpty();

        settle(heir, oneOfEach(inherited, entries));
        assertThat(driver().texts()).containsExactly("m1");
        assertThat(deadLetters()).hasSize(1);
    }

    @Test
    default void aPartUnderALostClaimLeavesTheOtherPartsInEffect() {
        List<StoredEntry> entries = written(40);
        Session session = driver().join("p", LONG);
        var claims = driver().takeAll(session, LONG);
        int lost = entries.get(0).partition();
        driver().storage().release(session, List.of(Objects.requireNonNull(claims.get(lost))));

        settle(session, published(claims, entries));

        assertThat(driver().stored())
                .isNotEmpty()
                .isEqualTo(entries.stream()
                        .filter(entry -> entry.partition() == lost)
                        .toList());
    }

    @Test
    default void settlingTwiceIsHarmless() {
        List<StoredEntry> entries = written(4);
        Session session = driver().join("p", LONG);
        var claims = driver().takeAll(session, LONG);
        Settlement settlement = oneOfEach(claims, entries);

        settle(session, settlement);
        settle(session, settlement);

        assertThat(driver().texts()).containsExactly("m1", "m3");
        assertThat(driver().stored().get(0).entry().attempt()).isEqualTo(5);
        assertThat(deadLetters()).hasSize(1);
    }

    @Test
    default void entriesThatAreGoneArePassedOver() {
        List<StoredEntry> entries = written(4);
        Session session = driver().join("p", LONG);
        var claims = driver().takeAll(session, LONG);
        settle(session, published(claims, entries.subList(0, 3)));

        settle(session, oneOfEach(claims, entries));
        settle(session, published(claims, entries));

        assertThat(driver().stored()).isEmpty();
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    default void anEmptySettlementIsHarmless() {
        List<StoredEntry> entries = written(1);
        Session session = driver().join("p", LONG);
        driver().takeAll(session, LONG);

        settle(session, new Settlement(List.of(), List.of(), List.of()));

        assertThat(driver().stored()).isEqualTo(entries);
    }

    @Test
    default void manyEntriesOfManyClaimsAreSettledAtOnce() {
        List<StoredEntry> entries = written(3_000);
        Session session = driver().join("p", LONG);
        var claims = driver().takeAll(session, LONG);
        List<Settlement.Retry> retries = new ArrayList<>();
        List<Settlement.Dead> dead = new ArrayList<>();
        for (int i = 2_000; i < 2_500; i++) {
            retries.addAll(StorageDriver.retry(claims, entries.get(i), 1, Duration.ofMinutes(1))
                    .retries());
            dead.addAll(StorageDriver.dead(claims, entries.get(i + 500), 2, "reason " + i)
                    .dead());
        }

        settle(
                session,
                new Settlement(published(claims, entries.subList(0, 2_000)).published(), retries, dead));

        assertThat(driver().stored())
                .hasSize(500)
                .allMatch(entry -> entry.entry().attempt() == 2 && entry.delayMillis() > 0);
        assertThat(deadLetters()).hasSize(500);
    }

    @Test
    default void aReasonMayBeLongAndHoldAnyCharacter() {
        List<StoredEntry> entries = written(2);
        Session session = driver().join("p", LONG);
        var claims = driver().takeAll(session, LONG);
        String reason = "refused: \uD83D\uDE83 \u0000 'quoted' \uD800 " + "x".repeat(20_000);
        Settlement.Retry retry = new Settlement.Retry(
                Objects.requireNonNull(claims.get(entries.get(0).partition())),
                entries.get(0).entry().id(),
                1,
                60_000,
                reason);

        settle(session, new Settlement(List.of(), List.of(retry), List.of()));
        settle(session, StorageDriver.dead(claims, entries.get(1), 1, reason));

        assertThat(driver().stored().get(0).entry().attempt()).isEqualTo(2);
        assertThat(deadLetters().get(0).reason()).startsWith("refused: \uD83D\uDE83");
    }
}
