package dev.boxcar.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxClock;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxListener;
import dev.boxcar.OutboxSettings;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.StoredEntry;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What strange entries could do to the engine's memory and time. */
class HostileEntriesTest {

    private static final class Sink implements Publisher {
        @Override
        public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
            return CompletableFuture.completedFuture(PublishResults.allSent());
        }
    }

    private static Lanes lanes() {
        return new Lanes(new Environment(
                "p",
                OutboxSettings.builder().build(),
                InMemoryStorage.create(),
                new Sink(),
                new OutboxListener() {},
                OutboxClock.system(),
                new Random(1)));
    }

    @Test
    void aNewNamespaceForEachMessageDoesNotFillTheMemory() {
        Lanes lanes = lanes();
        Lane first = lanes.of("first");
        Lane paused = Objects.requireNonNull(lanes.pause("paused"));
        paused.feed = new Feed(paused, List.of(1), null);
        for (int i = 0; i < 3 * Lanes.REMEMBERED; i++) {
            assertThat(lanes.of("namespace " + i)).isSameAs(first);
        }

        assertThat(first.namespaces).hasSizeLessThanOrEqualTo(Lanes.REMEMBERED);
        assertThat(lanes.all()).containsExactly(first, paused);
        assertThat(lanes.isPaused("paused")).isTrue();
        assertThat(lanes.of("first")).isSameAs(first);
    }

    @Test
    void whoeverIsOnCallIsToldOfAnEntryThatNobodyCouldPublish() {
        InMemoryStorage database = InMemoryStorage.create();
        OutboxStorage<InMemoryTransaction> storage = withDefects(database);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Reader.class);
        Level before = logger.getLevel();
        logger.setLevel(Level.WARN); // simulations before it may have silenced the package
        logger.addAppender(lines);
        try (Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                        .storage(storage)
                        .publisher(new Sink())
                        .build();
                InMemoryTransaction transaction = database.begin()) {
            outbox.publish(transaction, Message.of("k", "m"));
            transaction.commit();
            assertThat(outbox.pumpOutbox()).isZero();
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(before);
        }

        assertThat(database.deadLetters().list(DeadLetterQuery.all())).hasSize(1);
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .singleElement(STRING)
                .contains("entry 1 goes to the dead letters", "its headers are no headers");
    }

    /** The same storage, in which every entry is broken. */
    @SuppressWarnings("unchecked")
    private static OutboxStorage<InMemoryTransaction> withDefects(InMemoryStorage storage) {
        return (OutboxStorage<InMemoryTransaction>) Proxy.newProxyInstance(
                OutboxStorage.class.getClassLoader(),
                new Class<?>[] {OutboxStorage.class},
                (proxy, method, arguments) -> {
                    Object result = method.invoke(storage, arguments);
                    return result instanceof ReadPage page
                            ? new ReadPage(
                                    page.entries().stream()
                                            .map(each -> new StoredEntry(
                                                    each.entry(), each.partition(), 0, "its headers are no headers"))
                                            .toList(),
                                    page.next(),
                                    page.more())
                            : result;
                });
    }

    @Test
    void aTimeBeyondAllTimeIsWaitedForAndDoesNotOverflow() {
        ClaimedEntry entry = new ClaimedEntry(
                1, OutboxContext.DEFAULT, "m", new byte[1], new byte[1], Map.of(), null, 1, Instant.EPOCH);
        for (long delay : new long[] {Long.MAX_VALUE, Long.MAX_VALUE / 1_000_000 + 1, 20L * 365 * 86_400_000}) {
            Memory memory = new Memory(1, key -> {});
            StoredEntry stored = new StoredEntry(entry, 0, delay, null);
            Tracked tracked = Objects.requireNonNull(
                    memory.accept(stored, lanes().of(""), new Claim(0, 1, "s", true), null, 1_000));
            memory.enqueue(tracked, 1_000);

            assertThat(memory.nextDeadline()).isGreaterThan(1_000_000_000_000L);
            assertThat(memory.hasReloads()).as("nothing is read again before").isFalse();

            memory.tick(memory.nextDeadline());
            assertThat(memory.takeReloads(10)).containsExactly(tracked.key);
            memory.reloaded(tracked.key, 1, stored, 2_000);
            assertThat(memory.hasReloads()).as("and still it waits").isFalse();
        }
    }
}
