package dev.boxcar.testkit;

import static dev.boxcar.testkit.StoragePart.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.StoredEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Reads come in pages, in the order of the ids, of the asked partitions and namespaces only. */
interface ReadingContract<T> extends StoragePart<T> {

    private List<String> writeNumbered(int count) {
        List<String> texts = IntStream.range(0, count).mapToObj(i -> "m" + i).toList();
        driver().write(
                        "",
                        texts.stream()
                                .map(text -> message("key of " + text, text))
                                .toList());
        return texts;
    }

    @Test
    default void anEmptyOutboxHasNothingToReadAndNoMore() {
        ReadPage page = driver().reader().page(10);

        assertThat(page.entries()).isEmpty();
        assertThat(page.more()).isFalse();
    }

    @Test
    default void pagesAreCutByTheNumberOfEntriesAndNothingIsMissing() {
        List<String> texts = writeNumbered(50);
        for (int size : new int[] {1, 7, 49, 50, 51}) {
            StorageReader reader = driver().reader();
            List<String> found = new ArrayList<>();
            ReadPage page;
            do {
                page = reader.page(size);
                assertThat(page.entries().size()).isLessThanOrEqualTo(size);
                assertThat(page.entries())
                        .extracting(entry -> entry.entry().id())
                        .isSorted();
                found.addAll(StorageDriver.texts(page));
            } while (page.more());
            assertThat(found).as("in pages of %s", size).containsExactlyElementsOf(texts);
        }
    }

    @Test
    default void aFullPageWithMoreBehindItSaysSo() {
        writeNumbered(5);

        assertThat(driver().reader().page(4).more()).isTrue();
        assertThat(driver().reader().page(100).more()).isFalse();
    }

    @Test
    default void pagesAreCutByBytesButHoldOneEntryAtLeast() {
        for (int size : new int[] {400, 400, 400, 5_000, 100, 0, 900}) {
            driver().write("", Message.of("k" + size, new byte[size]));
        }
        StorageReader reader = driver().reader();
        List<Integer> sizes = new ArrayList<>();
        ReadPage page;
        do {
            page = reader.page(100, 1_000);
            List<Integer> ofPage =
                    page.entries().stream().map(e -> e.entry().payload().length).toList();
            int sum = ofPage.stream().mapToInt(Integer::intValue).sum();
            assertThat(sum <= 1_000 || ofPage.size() == 1)
                    .as("a page of %s bytes: %s", sum, ofPage)
                    .isTrue();
            assertThat(ofPage.isEmpty() && page.more())
                    .as("an empty page with more")
                    .isFalse();
            sizes.addAll(ofPage);
        } while (page.more());
        assertThat(sizes).containsExactly(400, 400, 400, 5_000, 100, 0, 900);
    }

    @Test
    default void everyEntryBelongsToOnePartitionAndAKeyToOneOnly() {
        List<Message> messages = IntStream.range(0, 400)
                .mapToObj(i -> message("key-" + i % 200, "" + i))
                .toList();
        driver().write("a", messages);
        driver().write("a", messages);

        Map<String, Integer> partitionOfKey = new HashMap<>();
        Set<Integer> used = new HashSet<>();
        for (StoredEntry entry : driver().stored()) {
            assertThat(entry.partition()).isBetween(0, driver().storage().partitions() - 1);
            used.add(entry.partition());
            String key = new String(entry.entry().key(), java.nio.charset.StandardCharsets.UTF_8);
            Integer before = partitionOfKey.put(key, entry.partition());
            assertThat(before == null || before == entry.partition())
                    .as("%s in one partition", key)
                    .isTrue();
        }
        assertThat(used.size())
                .as("200 keys are spread over the partitions")
                .isGreaterThan(driver().storage().partitions() / 2);
    }

    @Test
    default void onlyTheAskedPartitionsAreRead() {
        driver().write(
                        "",
                        IntStream.range(0, 300)
                                .mapToObj(i -> message("key-" + i % 150, "" + i))
                                .toList());
        List<StoredEntry> all = driver().stored();
        Set<Integer> even = new HashSet<>(driver().allPartitions());
        even.removeIf(partition -> partition % 2 == 1);

        List<StoredEntry> ofEven = driver().reader(even, NamespaceFilter.ALL).readOn(17);

        assertThat(ofEven)
                .isEqualTo(
                        all.stream().filter(entry -> entry.partition() % 2 == 0).toList());
        Set<Integer> one = Set.of(all.get(0).partition());
        assertThat(driver().reader(one, NamespaceFilter.ALL).readOn(2))
                .isNotEmpty()
                .isEqualTo(all.stream()
                        .filter(entry -> one.contains(entry.partition()))
                        .toList());
    }

    @Test
    default void onlyTheAskedNamespacesAreRead() {
        for (int i = 0; i < 30; i++) {
            driver().write("ns-" + i % 3, message("k" + i, "ns-" + i % 3));
        }
        Set<Integer> all = driver().allPartitions();

        assertThat(driver().reader(all, NamespaceFilter.only(Set.of("ns-1"))).readOn(4))
                .hasSize(10)
                .allMatch(entry -> entry.entry().namespace().equals("ns-1"));
        assertThat(driver().reader(all, NamespaceFilter.only(Set.of("ns-0", "ns-2")))
                        .readOn(4))
                .hasSize(20)
                .noneMatch(entry -> entry.entry().namespace().equals("ns-1"));
        assertThat(driver().reader(all, NamespaceFilter.except(Set.of("ns-1", "none such")))
                        .readOn(4))
                .hasSize(20)
                .noneMatch(entry -> entry.entry().namespace().equals("ns-1"));
        assertThat(driver().reader(all, NamespaceFilter.except(Set.of())).readOn(4))
                .hasSize(30);
        assertThat(driver().reader(all, NamespaceFilter.only(Set.of("none such")))
                        .readOn(4))
                .isEmpty();
    }

    @Test
    default void readingOnFindsWhatWasCommittedMeanwhile() {
        StorageReader reader = driver().reader();
        for (int round = 0; round < 5; round++) {
            driver().write("", message("k", "m" + round));
            assertThat(StorageDriver.texts(reader.readOn(10))).contains("m" + round);
        }
    }

    @Test
    default void entriesAreReadAgainByTheirIds() {
        writeNumbered(5);
        List<StoredEntry> all = driver().stored();
        List<Long> ids = all.stream().map(entry -> entry.entry().id()).toList();
        long unknown = ids.get(4) + 1_000_000;

        assertThat(driver().storage().reload(List.of(ids.get(3), unknown, ids.get(1))))
                .isEqualTo(List.of(all.get(1), all.get(3)));
        assertThat(driver().storage().reload(List.of(unknown))).isEmpty();
        assertThat(driver().storage().reload(List.of())).isEmpty();
    }

    @Test
    default void reloadingManyEntriesIsInTheOrderOfTheirIds() {
        writeNumbered(2_500);
        List<Long> ids = new ArrayList<>(
                driver().entries().stream().map(ClaimedEntry::id).toList());
        List<Long> sorted = List.copyOf(ids);
        java.util.Collections.reverse(ids);

        assertThat(driver().storage().reload(ids))
                .extracting(entry -> entry.entry().id())
                .isEqualTo(sorted);
    }
}
