package dev.boxcar.testkit;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Outbox;
import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.StoredEntry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What tests of an application want to know of its outbox. */
public final class OutboxTester {

    private static final int PAGE = 1_000;

    private OutboxTester() {}

    /**
     * Publishes, on the calling thread, until nothing more can be published. The outbox must not be processing in the
     * background.
     *
     * @return how many entries were published
     */
    public static int drain(Outbox<?> outbox) {
        int all = 0;
        for (int pumped = outbox.pumpOutbox(); pumped > 0; pumped = outbox.pumpOutbox()) {
            all += pumped;
        }
        return all;
    }

    /** The committed entries that wait in a storage, in the order of their ids. */
    public static List<ClaimedEntry> waiting(OutboxStorage<?> storage) {
        Set<Integer> partitions =
                IntStream.range(0, storage.partitions()).boxed().collect(Collectors.toSet());
        return new StorageReader(storage::read, partitions, NamespaceFilter.ALL)
                .readOn(PAGE).stream().map(StoredEntry::entry).toList();
    }

    /**
     * Checks that the payloads published for a key are these, in this order. Duplicates of a message count once.
     *
     * @throws AssertionError when they are not
     */
    public static void assertPublished(RecordingPublisher publisher, String key, String... payloads) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        Set<String> ids = new HashSet<>();
        List<String> published = new ArrayList<>();
        for (ClaimedEntry entry : publisher.sent()) {
            if (Arrays.equals(bytes, entry.key()) && ids.add(entry.messageId())) {
                published.add(StorageDriver.text(entry));
            }
        }
        if (!published.equals(List.of(payloads))) {
            throw new AssertionError("published for key '" + key + "': " + published + ", expected: "
                    + List.of(payloads) + " (" + publisher.sent().size() + " messages of all keys)");
        }
    }
}
