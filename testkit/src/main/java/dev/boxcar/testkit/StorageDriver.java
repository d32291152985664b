package dev.boxcar.testkit;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.Settlement;
import dev.boxcar.spi.StoredEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A storage with short ways to write to it, read from it and claim its partitions: what the contract's tests, and further
 * tests of a storage, are written with. Checked exceptions of the fixture become {@link AssertionError}s.
 *
 * <p>Safe for use by several threads as far as the fixture is.
 *
 * @param <T> the transaction
 */
public final class StorageDriver<T> {

    /** A claim duration that no test outlives. */
    public static final Duration LONG = Duration.ofMinutes(5);

    /** A claim duration that a test can wait for. */
    public static final Duration SHORT = Duration.ofMillis(300);

    private final StorageFixture<T> fixture;
    private final OutboxStorage<T> storage;

    /** Opens the fixture's storage. */
    public StorageDriver(StorageFixture<T> fixture) {
        this.fixture = fixture;
        this.storage = quietly(fixture::newStorage);
    }

    /** The storage. */
    public OutboxStorage<T> storage() {
        return storage;
    }

    /** The fixture. */
    public StorageFixture<T> fixture() {
        return fixture;
    }

    /** Begins a transaction. */
    public T begin() {
        return quietly(fixture::begin);
    }

    /** Begins a transaction and writes to it. */
    public T begin(String namespace, Message... messages) {
        T transaction = begin();
        publish(transaction, namespace, messages);
        return transaction;
    }

    /** Commits. */
    public void commit(T transaction) {
        quietly(() -> {
            fixture.commit(transaction);
            return true;
        });
    }

    /** Rolls back. */
    public void rollback(T transaction) {
        quietly(() -> {
            fixture.rollback(transaction);
            return true;
        });
    }

    /** Writes into a transaction. */
    public void publish(T transaction, String namespace, Message... messages) {
        storage.publish(OutboxContext.ofNamespace(namespace), transaction, List.of(messages));
    }

    /** Writes in a transaction of its own, and commits. */
    public void write(String namespace, Message... messages) {
        write(namespace, List.of(messages));
    }

    /** Writes in a transaction of its own, and commits. */
    public void write(String namespace, List<Message> messages) {
        T transaction = begin();
        storage.publish(OutboxContext.ofNamespace(namespace), transaction, messages);
        commit(transaction);
    }

    /** The numbers of all partitions. */
    public Set<Integer> allPartitions() {
        return IntStream.range(0, storage.partitions()).boxed().collect(Collectors.toSet());
    }

    /** A reader of everything, that starts from nothing. */
    public StorageReader reader() {
        return reader(allPartitions(), NamespaceFilter.ALL);
    }

    /** A reader that starts from nothing. */
    public StorageReader reader(Set<Integer> partitions, NamespaceFilter namespaces) {
        return new StorageReader(storage::read, partitions, namespaces);
    }

    /** Everything that is in the outbox now. */
    public List<StoredEntry> stored() {
        return reader().readOn(1_000);
    }

    /** Everything that is in the outbox now. */
    public List<ClaimedEntry> entries() {
        return stored().stream().map(StoredEntry::entry).toList();
    }

    /** The payloads of everything that is in the outbox now, as texts. */
    public List<String> texts() {
        return texts(stored());
    }

    /** The payloads of these, as texts. */
    public static List<String> texts(Collection<StoredEntry> entries) {
        return entries.stream().map(entry -> text(entry.entry())).toList();
    }

    /** The payloads of a page, as texts. */
    public static List<String> texts(ReadPage page) {
        return texts(page.entries());
    }

    /** A payload as text. */
    public static String text(ClaimedEntry entry) {
        return new String(entry.payload(), StandardCharsets.UTF_8);
    }

    /** A session that is not known to the storage yet. */
    public static Session newSession(String processorId) {
        return new Session(processorId, UUID.randomUUID().toString());
    }

    /** A new session that has joined. */
    public Session join(String processorId, Duration claimDuration) {
        Session session = newSession(processorId);
        if (!storage.heartbeat(session, claimDuration, true).alive()) {
            throw new AssertionError("a new session that joins must be alive");
        }
        return session;
    }

    /** Claims everything that nobody alive holds. */
    public Map<Integer, Claim> takeAll(Session session, Duration claimDuration) {
        List<Claim> free = storage.heartbeat(session, claimDuration, false).claims().stream()
                .filter(claim -> !claim.ownerAlive())
                .toList();
        return storage.acquire(session, free).stream().collect(Collectors.toMap(Claim::partition, Function.identity()));
    }

    /** Waits until a session has expired, as another one sees it; the other one must be alive. */
    public void awaitExpiryOf(Session session, Session witness) {
        Await.until(
                "session " + session.processorId() + " expires",
                () -> storage.heartbeat(witness, LONG, false).claims().stream()
                        .noneMatch(claim -> session.id().equals(claim.owner()) && claim.ownerAlive()));
    }

    /** A settlement of acknowledged entries, each under the claim of its partition. */
    public static Settlement published(Map<Integer, Claim> claims, Collection<StoredEntry> entries) {
        Map<Integer, List<Long>> ids = entries.stream()
                .collect(Collectors.groupingBy(
                        StoredEntry::partition,
                        Collectors.mapping(entry -> entry.entry().id(), Collectors.toList())));
        List<Settlement.Published> published = ids.entrySet().stream()
                .map(each -> new Settlement.Published(claimOf(claims, each.getKey()), each.getValue()))
                .toList();
        return new Settlement(published, List.of(), List.of());
    }

    /** A settlement of one entry that is to be tried again. */
    public static Settlement retry(Map<Integer, Claim> claims, StoredEntry entry, int attempts, Duration delay) {
        Settlement.Retry retry = new Settlement.Retry(
                claimOf(claims, entry.partition()), entry.entry().id(), attempts, delay.toMillis(), "try again");
        return new Settlement(List.of(), List.of(retry), List.of());
    }

    /** A settlement of one entry that is given up. */
    public static Settlement dead(Map<Integer, Claim> claims, StoredEntry entry, int attempts, String reason) {
        Settlement.Dead dead = new Settlement.Dead(
                claimOf(claims, entry.partition()), entry.entry().id(), attempts, reason);
        return new Settlement(List.of(), List.of(), List.of(dead));
    }

    void close() {
        quietly(() -> {
            fixture.close();
            return true;
        });
    }

    private static Claim claimOf(Map<Integer, Claim> claims, int partition) {
        Claim claim = claims.get(partition);
        if (claim == null) {
            throw new AssertionError("partition " + partition + " was not claimed");
        }
        return claim;
    }

    private static <R> R quietly(Callable<R> action) {
        try {
            return action.call();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError("the fixture failed", e);
        }
    }
}
