package dev.boxcar.testkit.scenario;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.DeadLetter;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.testkit.OutboxTester;
import dev.boxcar.testkit.RecordingPublisher;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Where messages can be, since the last stimulus: with the broker, in the outbox, among the dead letters. */
final class Places {

    /**
     * One of them.
     *
     * @param name for a failure's message: "published since the last stimulus"
     * @param source what is there now
     */
    record Place(String name, Supplier<List<Seen>> source) {
        List<Seen> messages() {
            return source.get();
        }
    }

    private static final String DISCARDED = "discarded by the test";

    final Place published = new Place("published since the last stimulus", this::publishedSince);
    final Place waiting = new Place("waiting in the outbox", this::waitingNow);
    final Place dead = new Place("among the dead letters since the last stimulus", this::deadSince);

    private final OutboxStorage<?> storage;
    private final RecordingPublisher broker;
    private int publishedBefore;
    private long lastDeadBefore = Long.MIN_VALUE;

    Places(OutboxStorage<?> storage, RecordingPublisher broker) {
        this.storage = storage;
        this.broker = broker;
    }

    /** Looks at nothing any more that is there now. */
    void mark() {
        publishedBefore = broker.sent().size();
        lettersSince().forEach(letter -> lastDeadBefore = letter.id());
    }

    /** Removes everything. */
    void clear() {
        List<Long> ids =
                OutboxTester.waiting(storage).stream().map(ClaimedEntry::id).toList();
        storage.deadLetters().bury(ids, DISCARDED);
        int purged;
        do {
            purged = storage.deadLetters().purge(DeadLetterQuery.all());
        } while (purged > 0);
        broker.clear();
        publishedBefore = 0;
        lastDeadBefore = Long.MIN_VALUE;
    }

    /** Where everything is. */
    String report(boolean payloads) {
        String end = System.lineSeparator();
        return text(published, payloads) + end + text(waiting, payloads) + end + text(dead, payloads);
    }

    private static String text(Place place, boolean payloads) {
        return place.name() + ":" + Seen.list(place.messages(), payloads);
    }

    private List<Seen> publishedSince() {
        List<ClaimedEntry> all = broker.sent();
        return seen(all.subList(Math.min(publishedBefore, all.size()), all.size()));
    }

    private List<Seen> waitingNow() {
        return seen(OutboxTester.waiting(storage));
    }

    private static List<Seen> seen(List<ClaimedEntry> entries) {
        return entries.stream().map(entry -> new Seen(entry, null)).toList();
    }

    private List<Seen> deadSince() {
        return lettersSince().stream()
                .map(letter -> new Seen(letter.entry(), letter.reason()))
                .toList();
    }

    private List<DeadLetter> lettersSince() {
        List<DeadLetter> all = new ArrayList<>();
        long after = lastDeadBefore;
        List<DeadLetter> page;
        do {
            page = storage.deadLetters().list(DeadLetterQuery.all().after(after));
            all.addAll(page);
            after = page.isEmpty() ? after : page.get(page.size() - 1).id();
        } while (page.size() == DeadLetterQuery.MAX_LIMIT);
        return all;
    }
}
