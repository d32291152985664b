package dev.boxcar.testkit.scenario;

import dev.boxcar.Outbox;
import dev.boxcar.OutboxSettings;
import dev.boxcar.OutboxStatus.DestinationStatus;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.testkit.Await;
import dev.boxcar.testkit.ManualClock;
import dev.boxcar.testkit.OutboxTester;
import dev.boxcar.testkit.RecordingPublisher;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What happens to the messages of an application, told as a test: do something, let the outbox deliver, say what must have been
 * published.
 *
 * <pre>{@code
 * OutboxScenario<Connection> scenario = OutboxScenario.on(JdbcStorage.create(dataSource), dataSource);
 * scenario.stimulate(connection -> orders.place(connection, "customer-7", "tea"))
 *         .thenPublished("orders").withKey("customer-7").withPayload("tea").once();
 * }</pre>
 *
 * <p>The broker is a {@link RecordingPublisher} that remembers, and fails when it is told to. Messages are delivered on the test's
 * thread when a sentence begins with {@code then…}, and time stands still until {@link #timePasses}: no test waits for a retry.
 * Sentences speak of what happened since the last stimulus.
 *
 * <p>Not safe for use by several threads. Nothing needs to be closed.
 *
 * @param <T> the transaction, for example {@link Connection}
 */
public final class OutboxScenario<T> {

    /**
     * What a test does in a transaction.
     *
     * @param <T> the transaction
     * @param <E> what it may throw
     */
    @FunctionalInterface
    public interface Work<T, E extends Exception> {
        /** Does it; the scenario commits, or rolls back if this throws. */
        void in(T transaction) throws E;
    }

    /**
     * What a test does that begins and ends its transactions by itself.
     *
     * @param <E> what it may throw
     */
    @FunctionalInterface
    public interface Action<E extends Exception> {
        /** Does it. */
        void run() throws E;
    }

    /** How long a processor waits at the most before it probes a destination again. */
    private static final Duration PROBED_WITHIN = Duration.ofSeconds(10);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Outbox<T> outbox;
    private final OutboxStorage<T> storage;
    private final RecordingPublisher broker;
    private final @Nullable Transactions<T> transactions;
    private final @Nullable VirtualDelays<T> delays;
    private final Places places;
    private boolean payloadsShown;
    private boolean begun;

    OutboxScenario(
            Outbox<T> outbox,
            OutboxStorage<T> storage,
            RecordingPublisher broker,
            @Nullable Transactions<T> transactions,
            @Nullable VirtualDelays<T> delays) {
        this.outbox = outbox;
        this.storage = storage;
        this.broker = broker;
        this.transactions = transactions;
        this.delays = delays;
        this.places = new Places(storage, broker);
    }

    /** A scenario without a database. */
    public static OutboxScenario<InMemoryTransaction> inMemory() {
        return inMemory(settings -> {});
    }

    /** A scenario without a database, with settings of the application's own, for example its retry policy. */
    public static OutboxScenario<InMemoryTransaction> inMemory(Consumer<OutboxSettings.Builder> settings) {
        ManualClock clock = new ManualClock();
        InMemoryStorage storage = InMemoryStorage.create(clock);
        return new ScenarioBuilder<>(storage)
                .transactions(Transactions.of(storage))
                .settings(settings)
                .build(clock);
    }

    /**
     * A scenario on the real tables.
     *
     * @param storage the application's storage, for example a {@code JdbcStorage}
     * @param dataSource where {@link #stimulate(Work)} takes its connections from
     */
    public static OutboxScenario<Connection> on(OutboxStorage<Connection> storage, DataSource dataSource) {
        return builder(storage).transactions(Transactions.of(dataSource)).build();
    }

    /** A builder for a scenario on any storage. */
    public static <T> ScenarioBuilder<T> builder(OutboxStorage<T> storage) {
        return new ScenarioBuilder<>(storage);
    }

    /**
     * A scenario around the application's own outbox, for example that of a Spring context whose publisher is a
     * {@link RecordingPublisher} for the test. If it processes in the background, sentences wait for what they say, up to 20 s
     * of real time; otherwise they deliver on the test's thread. Time is real: {@link #timePasses} refuses.
     */
    public static <T> OutboxScenario<T> of(Outbox<T> outbox, OutboxStorage<T> storage, RecordingPublisher publisher) {
        return new OutboxScenario<>(outbox, storage, publisher, null, null);
    }

    // ---- stimuli

    /** What the application under test writes with; give it to the application instead of its own. */
    public Outbox<T> outbox() {
        return outbox;
    }

    /**
     * Does something in a transaction, and commits; if it throws, rolls back and passes the exception on.
     *
     * @throws IllegalStateException when nobody has said how transactions begin, or entries wait in the table that are older than
     *     this scenario
     */
    public <E extends Exception> OutboxScenario<T> stimulate(Work<T, E> work) throws E {
        begin();
        T transaction = transactional(Transactions::begin);
        try {
            work.in(transaction);
        } catch (Throwable failure) {
            try {
                transactional(all -> {
                    all.rollback(transaction);
                    return transaction;
                });
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
            throw failure;
        }
        transactional(all -> {
            all.commit(transaction);
            return transaction;
        });
        return this;
    }

    /** Does something that begins and ends its transactions by itself, such as a call of a transactional service. */
    public <E extends Exception> OutboxScenario<T> stimulate(Action<E> action) throws E {
        begin();
        action.run();
        return this;
    }

    /**
     * Does something in a transaction that must fail, and rolls back.
     *
     * @throws AssertionError when it does not fail in this way
     */
    public OutboxScenario<T> stimulateToFail(Class<? extends Exception> expected, Work<T, ?> work) {
        return toFail(expected, () -> stimulate(work));
    }

    /**
     * Does something that must fail.
     *
     * @throws AssertionError when it does not fail in this way
     */
    public OutboxScenario<T> stimulateToFail(Class<? extends Exception> expected, Action<?> action) {
        return toFail(expected, () -> stimulate(action));
    }

    private OutboxScenario<T> toFail(Class<? extends Exception> expected, Action<?> stimulus) {
        try {
            stimulus.run();
        } catch (Exception failure) {
            if (expected.isInstance(failure)) {
                return this;
            }
            throw new AssertionError("expected " + expected.getName() + ", but it was " + failure, failure);
        }
        throw new AssertionError("expected " + expected.getName() + ", but nothing was thrown");
    }

    // ---- the broker and the time

    /** The broker: what it received, and which failures it is to have. */
    public RecordingPublisher broker() {
        return broker;
    }

    /** Cuts the broker off until {@link #brokerRecovers()}: messages wait, and no attempt is used up. */
    public OutboxScenario<T> brokerUnavailable() {
        broker.unavailable();
        return this;
    }

    /**
     * Ends all failures of the broker, and lets the time pass within which the processor notices: 10 s on the test's clock. In real
     * time, sentences wait for that.
     */
    public OutboxScenario<T> brokerRecovers() {
        broker.heal();
        return delays == null ? this : timePasses(PROBED_WITHIN);
    }

    /**
     * Lets time pass: what is due in the meantime is tried when it is due.
     *
     * @throws IllegalStateException when the outbox lives in real time
     */
    public OutboxScenario<T> timePasses(Duration duration) {
        VirtualDelays<T> virtual = delays;
        if (virtual == null) {
            throw new IllegalStateException(
                    "this outbox was built by the application and lives in real time; time can be moved on "
                            + "in a scenario that OutboxScenario.on(…) or inMemory() has built");
        }
        ManualClock clock = virtual.clock();
        long end = clock.nanoTime() + duration.toNanos();
        deliver();
        for (Duration next = virtual.untilNext();
                next != null && clock.nanoTime() + next.toNanos() < end;
                next = virtual.untilNext()) {
            clock.advance(next);
            deliver();
        }
        clock.advance(Duration.ofNanos(end - clock.nanoTime()));
        deliver();
        return this;
    }

    /** Delivers now what can be delivered, without saying anything about it. */
    public OutboxScenario<T> deliver() {
        if (isRunning()) {
            outbox.wakeProcessor();
        } else {
            OutboxTester.drain(outbox);
        }
        return this;
    }

    // ---- what must have happened

    /** Messages that were published, whatever their namespace; at least one. */
    public Messages thenPublished() {
        return expect(places.published, null, List.of());
    }

    /** Messages of a namespace that were published; at least one. */
    public Messages thenPublished(String namespace) {
        return expect(places.published, namespace, List.of());
    }

    /** Messages that still wait in the outbox after everything was delivered that can be; at least one. */
    public Messages thenWaiting() {
        return expect(places.waiting, null, List.of());
    }

    /** Messages of a namespace that still wait in the outbox; at least one. */
    public Messages thenWaiting(String namespace) {
        return expect(places.waiting, namespace, List.of());
    }

    /** Messages that were given up; at least one. */
    public Messages thenDeadLettered() {
        return expect(places.dead, null, List.of());
    }

    /** Messages of a namespace that were given up; at least one. */
    public Messages thenDeadLettered(String namespace) {
        return expect(places.dead, namespace, List.of());
    }

    /** Checks that nothing was published. */
    public OutboxScenario<T> thenNothingPublished() {
        return none(places.published);
    }

    /** Checks that nothing waits in the outbox. */
    public OutboxScenario<T> thenNothingWaiting() {
        return none(places.waiting);
    }

    /** Checks that nothing was given up. */
    public OutboxScenario<T> thenNothingDeadLettered() {
        return none(places.dead);
    }

    Messages expect(Places.Place place, @Nullable String namespace, List<Seen> told) {
        deliver();
        return new Messages(
                        this,
                        place,
                        told,
                        seen -> namespace == null || seen.entry().namespace().equals(namespace),
                        namespace == null ? "a message" : "a message in namespace '" + namespace + "'")
                .some();
    }

    private OutboxScenario<T> none(Places.Place place) {
        deliver();
        boolean none = comesTrue(this::isSettled) && place.messages().isEmpty();
        if (!none) {
            throw new AssertionError("expected no message " + place.name() + "." + System.lineSeparator() + report());
        }
        return this;
    }

    /** Whether nothing more will happen by itself, as far as can be told. */
    private boolean isSettled() {
        return !isRunning()
                || storage.status().pending() == 0
                || outbox.status().keysHeld() > 0
                || unreachable().length() > 0;
    }

    /** By hand, everything has happened that will; in the background it may take a while. */
    boolean comesTrue(BooleanSupplier condition) {
        return isRunning() ? Await.holdsWithin(PATIENCE, condition) : condition.getAsBoolean();
    }

    // ---- for people

    /** Shows payloads in failures' messages from now on. Without it they show where messages are, their keys, types and sizes. */
    public OutboxScenario<T> showPayloads() {
        payloadsShown = true;
        return this;
    }

    boolean payloadsAreShown() {
        return payloadsShown;
    }

    /** Where all messages are now, as a failure's message shows it. */
    public String report() {
        String unreachable = unreachable();
        return places.report(payloadsShown)
                + (unreachable.isEmpty() ? "" : System.lineSeparator() + "the processor cannot reach: " + unreachable);
    }

    private String unreachable() {
        return String.join(
                ", ",
                outbox.status().destinations().stream()
                        .filter(each -> !each.available())
                        .map(DestinationStatus::name)
                        .toList());
    }

    /**
     * Begins anew on the same tables, for tests that share them: removes what waits and what is dead, ends the broker's failures,
     * and forgets what was published. Only for tables that nobody else uses.
     */
    public OutboxScenario<T> reset() {
        broker.heal();
        places.clear();
        begun = true;
        return delays == null ? this : timePasses(PROBED_WITHIN);
    }

    // ---- inside

    private void begin() {
        if (!begun && !isRunning()) {
            long waiting = storage.status().pending();
            if (waiting > 0) {
                throw new IllegalStateException(
                        waiting + " entries wait already in " + storage.description()
                                + ", and would be delivered to this test; scenario.reset() removes them, if the tables are this test's own");
            }
        }
        begun = true;
        places.mark();
    }

    private boolean isRunning() {
        return outbox.status().running();
    }

    /** A step of a transaction. */
    @FunctionalInterface
    private interface Step<T> {
        T of(Transactions<T> transactions) throws Exception;
    }

    private T transactional(Step<T> step) {
        Transactions<T> all = transactions;
        if (all == null) {
            throw new IllegalStateException(
                    "this scenario does not know how transactions begin: give stimulate(…) something that "
                            + "begins its own, without a parameter, or say it with OutboxScenario.builder(storage).transactions(…)");
        }
        try {
            return step.of(all);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the transaction of the stimulus could not be begun or ended", e);
        }
    }
}
