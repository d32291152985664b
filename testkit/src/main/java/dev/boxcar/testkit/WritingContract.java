package dev.boxcar.testkit;

import static dev.boxcar.testkit.StoragePart.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.TransactionException;
import dev.boxcar.spi.StoredEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Messages are written with the caller's transaction or not at all. */
interface WritingContract<T> extends StoragePart<T> {

    @Test
    default void aCommittedMessageBecomesAnEntryWithAllItsParts() {
        Message message = message("order-7", "paid")
                .withHeader("trace", "abc")
                .withType("order.paid.v1")
                .withId("event-7");
        driver().write("orders", message);

        List<StoredEntry> stored = driver().stored();
        assertThat(stored).hasSize(1);
        ClaimedEntry entry = stored.get(0).entry();
        assertThat(entry.namespace()).isEqualTo("orders");
        assertThat(entry.key()).isEqualTo(message.key());
        assertThat(entry.payload()).isEqualTo(message.payload());
        assertThat(entry.headers()).isEqualTo(message.headers());
        assertThat(entry.type()).isEqualTo("order.paid.v1");
        assertThat(entry.messageId()).isEqualTo("event-7");
        assertThat(entry.attempt()).isEqualTo(1);
        assertThat(Duration.between(entry.createdAt(), Instant.now()).abs()).isLessThan(Duration.ofMinutes(10));
        assertThat(stored.get(0).delayMillis()).isZero();
        assertThat(stored.get(0).defect()).isNull();
    }

    @Test
    default void aRolledBackMessageLeavesNothing() {
        driver().rollback(driver().begin("", message("k", "never")));

        assertThat(driver().stored()).isEmpty();
        assertThat(driver().storage().status().pending()).isZero();
    }

    @Test
    default void messagesOfATransactionBecomeVisibleTogetherWithItsCommit() {
        T transaction = driver().begin("", message("a", "1"), message("b", "2"));
        driver().publish(transaction, "other", message("a", "3"));
        assertThat(driver().stored()).as("before the commit").isEmpty();

        driver().commit(transaction);

        assertThat(driver().texts()).containsExactly("1", "2", "3");
    }

    @Test
    default void aRollbackTakesAllCallsOfItsTransactionWithIt() {
        driver().write("", message("k", "kept"));
        T transaction = driver().begin("", message("k", "gone 1"));
        driver().publish(transaction, "", message("k", "gone 2"));
        driver().rollback(transaction);
        driver().write("", message("k", "kept too"));

        assertThat(driver().texts()).containsExactly("kept", "kept too");
    }

    @Test
    default void idsRiseInTheOrderOfTheMessagesHoweverMany() {
        List<Message> messages = IntStream.range(0, 3_000)
                .mapToObj(i -> message("k" + i % 7, "m" + i))
                .toList();
        driver().write("", messages);

        List<ClaimedEntry> entries = driver().entries();
        assertThat(entries)
                .extracting(StorageDriver::text)
                .containsExactlyElementsOf(messages.stream()
                        .map(message -> new String(message.payload(), java.nio.charset.StandardCharsets.UTF_8))
                        .toList());
        assertThat(entries).extracting(ClaimedEntry::id).isSorted().doesNotHaveDuplicates();
    }

    @Test
    default void idsRiseFromOneTransactionToTheNext() {
        for (int i = 0; i < 20; i++) {
            driver().write("", message("k", "m" + i));
        }

        assertThat(driver().entries()).extracting(ClaimedEntry::id).isSorted().doesNotHaveDuplicates();
        assertThat(driver().texts())
                .containsExactlyElementsOf(
                        IntStream.range(0, 20).mapToObj(i -> "m" + i).toList());
    }

    @Test
    default void anIdChosenByTheApplicationIsKept() {
        String longest = "é".repeat(200);
        driver().write("", message("k", "1").withId("my-id"), message("k", "2").withId(longest));

        assertThat(driver().entries()).extracting(ClaimedEntry::messageId).containsExactly("my-id", longest);
    }

    @Test
    default void idsMadeByTheOutboxAreUniqueAndStayTheSame() {
        for (int i = 0; i < 10; i++) {
            driver().write("", message("k", "a"), message(null, "a"), message("k", "a"));
        }

        List<String> first =
                driver().entries().stream().map(ClaimedEntry::messageId).toList();
        assertThat(first)
                .hasSize(30)
                .doesNotHaveDuplicates()
                .allSatisfy(id -> assertThat(id.length()).isBetween(1, 200));
        assertThat(driver().entries()).extracting(ClaimedEntry::messageId).isEqualTo(first);
    }

    @Test
    default void aTransactionThatWouldNotBeAtomicIsRefusedAndNothingIsWritten() throws Exception {
        List<T> unfit = driver().fixture().unfitTransactions();
        assertThat(unfit).as("the fixture's unfit transactions").isNotEmpty();

        for (T transaction : unfit) {
            assertThatThrownBy(() -> driver().publish(transaction, "", message("k", "never")))
                    .isInstanceOf(TransactionException.class);
        }

        assertThat(driver().stored()).isEmpty();
    }

    @Test
    default void writersOnSeveralThreadsDoNotMixTheirMessages() {
        List<CompletableFuture<Void>> writers = new ArrayList<>();
        int threads = driver().fixture().severalWriters() ? 4 : 1;
        for (int i = 0; i < threads; i++) {
            String key = "writer-" + i;
            writers.add(CompletableFuture.runAsync(() -> writeAndRollBack(key)));
        }
        writers.forEach(CompletableFuture::join);

        for (int i = 0; i < threads; i++) {
            String key = "writer-" + i;
            List<String> ofWriter = driver().texts().stream()
                    .filter(text -> text.startsWith(key + ":"))
                    .toList();
            assertThat(ofWriter)
                    .containsExactlyElementsOf(IntStream.range(0, 30)
                            .filter(n -> n % 3 != 2)
                            .boxed()
                            .flatMap(n -> List.of(key + ":" + n + "a", key + ":" + n + "b").stream())
                            .toList());
        }
    }

    private void writeAndRollBack(String key) {
        for (int n = 0; n < 30; n++) {
            T transaction = driver().begin("", message(key, key + ":" + n + "a"), message(key, key + ":" + n + "b"));
            if (n % 3 == 2) {
                driver().rollback(transaction);
            } else {
                driver().commit(transaction);
            }
        }
    }
}
