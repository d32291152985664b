package dev.boxcar.testkit;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A publisher in memory that remembers what it was given and can be told to fail. Unless told otherwise it acknowledges
 * everything at once.
 *
 * <p>Safe for use by several threads.
 */
public final class RecordingPublisher implements Publisher {

    /** A failure to come: of entries that match, so many times. */
    private static final class Failure {
        private final Predicate<ClaimedEntry> which;
        private final PublishResult result;
        private int times;

        Failure(Predicate<ClaimedEntry> which, PublishResult result, int times) {
            this.which = which;
            this.result = result;
            this.times = times;
        }
    }

    private final boolean keepsOrder;
    private final Function<OutboxContext, String> destinationOf;
    private final Set<String> destinations;
    private final List<List<ClaimedEntry>> calls = new ArrayList<>();
    private final List<ClaimedEntry> sent = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final Queue<PublishAnswer> answers = new ArrayDeque<>();
    private final List<HeldCall> held = new ArrayList<>();
    private boolean holding;

    private RecordingPublisher(
            boolean keepsOrder, Function<OutboxContext, String> destinationOf, Set<String> destinations) {
        this.keepsOrder = keepsOrder;
        this.destinationOf = destinationOf;
        this.destinations = destinations;
    }

    /** A publisher with one destination that promises nothing about the order within a call. */
    public static RecordingPublisher create() {
        return new RecordingPublisher(false, context -> DEFAULT_DESTINATION, Set.of(DEFAULT_DESTINATION));
    }

    /** A publisher with one destination that keeps the order within a call. */
    public static RecordingPublisher keepingOrder() {
        return new RecordingPublisher(true, context -> DEFAULT_DESTINATION, Set.of(DEFAULT_DESTINATION));
    }

    /** A publisher with a destination for each of these namespaces, of the same name. */
    public static RecordingPublisher withDestinations(String... namespaces) {
        return new RecordingPublisher(true, OutboxContext::namespace, Set.of(namespaces));
    }

    // ---- what happened

    /** What was acknowledged, in the order of arrival; duplicates as often as they came. */
    public synchronized List<ClaimedEntry> sent() {
        return List.copyOf(sent);
    }

    /** The payloads of what was acknowledged, as texts. */
    public List<String> texts() {
        return sent().stream().map(StorageDriver::text).toList();
    }

    /** The entries of each call, failed ones too. */
    public synchronized List<List<ClaimedEntry>> calls() {
        return List.copyOf(calls);
    }

    /** The calls that are held and have not been ended. */
    public synchronized List<HeldCall> heldCalls() {
        return held.stream().filter(call -> !call.stage().isDone()).toList();
    }

    /** Forgets what happened; the script stays. */
    public synchronized void clear() {
        calls.clear();
        sent.clear();
    }

    // ---- the script

    /** Lets entries that match fail so many times, as if another attempt could help. */
    public RecordingPublisher failing(Predicate<ClaimedEntry> which, int times, String reason) {
        return script(new Failure(which, PublishResult.failed(reason), times));
    }

    /** Lets entries that match fail for good. */
    public RecordingPublisher rejecting(Predicate<ClaimedEntry> which, String reason) {
        return script(new Failure(which, PublishResult.rejected(reason), Integer.MAX_VALUE));
    }

    /** Makes the destination of entries that match unreachable until {@link #heal()}. */
    public RecordingPublisher unavailable(Predicate<ClaimedEntry> which) {
        return script(new Failure(which, PublishResult.unavailable("cut off"), Integer.MAX_VALUE));
    }

    /** Makes everything unreachable until {@link #heal()}. */
    public RecordingPublisher unavailable() {
        return unavailable(entry -> true);
    }

    /** Ends all failures. */
    public synchronized RecordingPublisher heal() {
        failures.clear();
        answers.clear();
        return this;
    }

    /** Answers the next call in this way instead of publishing it; several of these apply one after the other. */
    public synchronized RecordingPublisher answerNext(PublishAnswer answer) {
        answers.add(answer);
        return this;
    }

    /** Holds all calls from now on until {@link #release()}. */
    public synchronized RecordingPublisher hold() {
        holding = true;
        return this;
    }

    /** Completes the held calls in their order, and holds no more. */
    public void release() {
        List<HeldCall> open;
        synchronized (this) {
            holding = false;
            open = heldCalls();
            held.clear();
        }
        open.forEach(HeldCall::complete);
    }

    // ---- the publisher

    @Override
    @SuppressWarnings("NullAway") // an answer may be null on purpose
    public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
        List<ClaimedEntry> copy = List.copyOf(entries);
        PublishAnswer answer;
        synchronized (this) {
            calls.add(copy);
            answer = answers.poll();
            if (answer == null && holding) {
                HeldCall call = new HeldCall(copy, this::deliver);
                held.add(call);
                return call.stage();
            }
        }
        return answer != null ? answer.to(copy) : CompletableFuture.completedFuture(deliver(copy));
    }

    @Override
    public boolean keepsOrderWithinCall() {
        return keepsOrder;
    }

    @Override
    public String destination(OutboxContext context) {
        return destinationOf.apply(context);
    }

    @Override
    public Set<String> destinations() {
        return destinations;
    }

    private synchronized RecordingPublisher script(Failure failure) {
        failures.add(failure);
        return this;
    }

    private synchronized PublishResults deliver(List<ClaimedEntry> entries) {
        PublishResults.Builder results = PublishResults.builder();
        Set<List<Object>> stopped = new HashSet<>();
        for (ClaimedEntry entry : entries) {
            PublishResult failure = failureOf(entry);
            List<Object> key = List.of(entry.namespace(), Arrays.hashCode(entry.key()));
            if (stopped.contains(key)) {
                results.add(entry, PublishResult.SKIPPED);
            } else if (failure != null) {
                results.add(entry, failure);
                if (keepsOrder && entry.key() != null) {
                    stopped.add(key);
                }
            } else {
                sent.add(entry);
                results.sent(entry);
            }
        }
        return results.build();
    }

    private @Nullable PublishResult failureOf(ClaimedEntry entry) {
        for (Failure failure : failures) {
            if (failure.times > 0 && failure.which.test(entry)) {
                failure.times--;
                return failure.result;
            }
        }
        return null;
    }
}
