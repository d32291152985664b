package dev.boxcar.simulation;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.DeadLetter;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.StorageException;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.ClaimView;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.ReadPosition;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.Settlement;
import dev.boxcar.spi.StoredEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Storages with one fault each. */
final class BrokenStorages {

    private BrokenStorages() {}

    /** Renews so many times, and then only says so. */
    static final class Renewing extends ForwardingStorage<InMemoryTransaction> {
        private final int most;
        private int renewals;
        private @Nullable ClaimView last;

        Renewing(OutboxStorage<InMemoryTransaction> storage, int most) {
            super(storage);
            this.most = most;
        }

        @Override
        public ClaimView heartbeat(Session session, Duration claimDuration, boolean join) {
            ClaimView known = last;
            if (join || known == null || renewals++ < most) {
                last = super.heartbeat(session, claimDuration, join);
                return last;
            }
            // What another session sees: the claims as they are, but nothing is renewed.
            ClaimView view = super.heartbeat(new Session("nobody", "nobody"), claimDuration, false);
            return new ClaimView(true, view.claims(), view.liveSessions(), view.firstEnd());
        }
    }

    /** Judges by the time of day of whoever asks. */
    static final class OnWrongClock extends ForwardingStorage<InMemoryTransaction> {
        private final Node node;
        private final Database database;

        OnWrongClock(OutboxStorage<InMemoryTransaction> storage, Node node, Database database) {
            super(storage);
            this.node = node;
            this.database = database;
        }

        @Override
        protected <R> R call(String operation, Supplier<R> call) {
            database.skew(node.clock.skew());
            try {
                return super.call(operation, call);
            } finally {
                database.skew(0);
            }
        }
    }

    /** Takes what it wants, whoever was faster. */
    static final class Greedy extends ForwardingStorage<InMemoryTransaction> {
        Greedy(OutboxStorage<InMemoryTransaction> storage) {
            super(storage);
        }

        @Override
        public List<Claim> acquire(Session session, Collection<Claim> seen) {
            super.acquire(session, seen);
            return seen.stream()
                    .map(claim -> new Claim(claim.partition(), claim.epoch() + 1, session.id(), true))
                    .toList();
        }
    }

    /** Writes down what became of entries, whoever holds them. */
    static final class Unfenced extends ForwardingStorage<InMemoryTransaction> {
        private final Database database;

        Unfenced(OutboxStorage<InMemoryTransaction> storage, Database database) {
            super(storage);
            this.database = database;
        }

        @Override
        public void settle(Session session, Settlement settlement) {
            for (Claim claim : database.claims()) {
                String owner = claim.owner();
                if (owner != null) {
                    super.settle(new Session("any", owner), under(claim, settlement));
                }
            }
        }

        private static Settlement under(Claim claim, Settlement all) {
            int partition = claim.partition();
            return new Settlement(
                    all.published().stream()
                            .filter(each -> each.claim().partition() == partition)
                            .map(each -> new Settlement.Published(claim, each.ids()))
                            .toList(),
                    all.retries().stream()
                            .filter(each -> each.claim().partition() == partition)
                            .map(each -> new Settlement.Retry(
                                    claim, each.id(), each.attempts(), each.delayMillis(), each.reason()))
                            .toList(),
                    all.dead().stream()
                            .filter(each -> each.claim().partition() == partition)
                            .map(each -> new Settlement.Dead(claim, each.id(), each.attempts(), each.reason()))
                            .toList());
        }
    }

    /** Reads on behind the highest id that it has read. */
    static final class ByCursor extends ForwardingStorage<InMemoryTransaction> {
        ByCursor(OutboxStorage<InMemoryTransaction> storage) {
            super(storage);
        }

        private record Cursor(long id) implements ReadPosition {
            @Override
            public ReadPosition merge(ReadPosition other) {
                return id < ((Cursor) other).id ? this : other;
            }
        }

        @Override
        public ReadPage read(ReadRequest request) {
            ReadPosition position = request.position();
            long after = position == null ? 0 : ((Cursor) position).id;
            List<StoredEntry> waiting = super.read(new ReadRequest(
                            request.partitions(), request.namespaces(), null, Integer.MAX_VALUE, Long.MAX_VALUE))
                    .entries();
            List<StoredEntry> page = waiting.stream()
                    .filter(stored -> stored.entry().id() > after)
                    .limit(request.maxEntries())
                    .toList();
            long last =
                    page.isEmpty() ? after : page.get(page.size() - 1).entry().id();
            return new ReadPage(page, new Cursor(last), page.size() == request.maxEntries());
        }
    }

    /** A page may still show what the page before it showed, although it was deleted since. */
    static final class Stale extends ForwardingStorage<InMemoryTransaction> {
        private List<StoredEntry> before = List.of();

        Stale(OutboxStorage<InMemoryTransaction> storage) {
            super(storage);
        }

        @Override
        public ReadPage read(ReadRequest request) {
            ReadPage page = super.read(request);
            List<Long> ids =
                    page.entries().stream().map(each -> each.entry().id()).toList();
            List<StoredEntry> both = Stream.concat(
                            page.entries().stream(),
                            before.stream()
                                    .filter(each -> !ids.contains(each.entry().id()))
                                    .filter(each -> request.namespaces()
                                            .accepts(each.entry().namespace())))
                    .sorted(Comparator.comparingLong(each -> each.entry().id()))
                    .limit(request.maxEntries())
                    .toList();
            before = page.entries();
            return new ReadPage(both, page.next(), page.more());
        }
    }

    static final class InAnyOrder extends ForwardingStorage<InMemoryTransaction> {
        InAnyOrder(OutboxStorage<InMemoryTransaction> storage) {
            super(storage);
        }

        @Override
        public ReadPage read(ReadRequest request) {
            ReadPage page = super.read(request);
            List<StoredEntry> turned = new ArrayList<>(page.entries());
            Collections.reverse(turned);
            return new ReadPage(turned, page.next(), page.more());
        }
    }

    /** Hides from the engine which entries belong together. */
    static final class WithoutKeys extends ForwardingStorage<InMemoryTransaction> {
        WithoutKeys(OutboxStorage<InMemoryTransaction> storage) {
            super(storage);
        }

        @Override
        public ReadPage read(ReadRequest request) {
            ReadPage page = super.read(request);
            return new ReadPage(withoutKeys(page.entries()), page.next(), page.more());
        }

        @Override
        public List<StoredEntry> reload(Collection<Long> ids) {
            return withoutKeys(super.reload(ids));
        }

        private static List<StoredEntry> withoutKeys(List<StoredEntry> all) {
            return all.stream()
                    .map(stored -> new StoredEntry(
                            withoutKey(stored.entry()), stored.partition(), stored.delayMillis(), stored.defect()))
                    .toList();
        }

        private static ClaimedEntry withoutKey(ClaimedEntry entry) {
            return new ClaimedEntry(
                    entry.id(),
                    entry.context(),
                    entry.messageId(),
                    null,
                    entry.payload(),
                    entry.headers(),
                    entry.type(),
                    entry.attempt(),
                    entry.createdAt());
        }
    }

    /** What is to be tried again goes to the end of the line. */
    static final class Requeueing extends ForwardingStorage<InMemoryTransaction> {
        Requeueing(OutboxStorage<InMemoryTransaction> storage) {
            super(storage);
        }

        @Override
        public void settle(Session session, Settlement settlement) {
            super.settle(session, new Settlement(settlement.published(), List.of(), settlement.dead()));
            for (Settlement.Retry retry : settlement.retries()) {
                Settlement.Dead aside =
                        new Settlement.Dead(retry.claim(), retry.id(), retry.attempts(), retry.reason());
                super.settle(session, new Settlement(List.of(), List.of(), List.of(aside)));
                List<Long> found = deadLetters().list(DeadLetterQuery.all().limit(DeadLetterQuery.MAX_LIMIT)).stream()
                        .filter(letter -> letter.entry().id() == retry.id())
                        .map(DeadLetter::id)
                        .toList();
                deadLetters().replay(DeadLetterQuery.ofIds(found));
            }
        }
    }

    /** Deletes an entry and then writes its dead letter, unless something happens in between. */
    static final class Burying extends ForwardingStorage<InMemoryTransaction> {
        private final Scheduler time;

        Burying(OutboxStorage<InMemoryTransaction> storage, Scheduler time) {
            super(storage);
            this.time = time;
        }

        @Override
        public void settle(Session session, Settlement settlement) {
            for (Settlement.Dead dead : settlement.dead()) {
                if (time.once(4)) {
                    Settlement.Published deleted = new Settlement.Published(dead.claim(), List.of(dead.id()));
                    super.settle(session, new Settlement(List.of(deleted), List.of(), List.of()));
                    throw new StorageException("simulated: connection lost before the dead letter", null);
                }
            }
            super.settle(session, settlement);
        }
    }
}
