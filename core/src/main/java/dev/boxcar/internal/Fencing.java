package dev.boxcar.internal;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds partitions back that were taken over from a session which died, until the publisher has made sure that nothing more of
 * that session takes effect. Publishers that cannot do this answer at once, and nothing is held back.
 */
final class Fencing implements ClaimKeeper.Owner {

    private static final Logger log = LoggerFactory.getLogger(Fencing.class);

    private final Environment environment;
    private final Mailbox mailbox;
    private final ClaimKeeper.Owner next;
    private final Backoff backoff;

    /** Kept until they are fenced even if their partitions are lost meanwhile: whoever has these next knows only of us. */
    private final Set<String> sessions = new TreeSet<>();

    private final Set<Integer> heldBack = new TreeSet<>();
    private boolean underWay;
    private boolean failing;
    private long nextTry = Long.MIN_VALUE;

    Fencing(Environment environment, Mailbox mailbox, ClaimKeeper.Owner next) {
        this.environment = environment;
        this.mailbox = mailbox;
        this.next = next;
        this.backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), environment.random());
    }

    /** Whether an answer is awaited. */
    boolean isUnderWay() {
        return underWay;
    }

    int tick(long now) {
        if (sessions.isEmpty() || underWay || now < nextTry) {
            return 0;
        }
        fence();
        return 1;
    }

    long nextDeadline() {
        return sessions.isEmpty() || underWay ? Long.MAX_VALUE : nextTry;
    }

    @Override
    public void acquired(Collection<Integer> partitions, Set<String> endedSessions) {
        if (endedSessions.isEmpty()) {
            next.acquired(partitions, endedSessions);
            return;
        }
        heldBack.addAll(partitions);
        if (sessions.addAll(endedSessions) && !underWay) {
            fence();
        }
    }

    @Override
    public void giveUp(Collection<Integer> partitions) {
        heldBack.removeAll(partitions);
        next.giveUp(partitions);
    }

    @Override
    public boolean isQuiet(int partition) {
        return next.isQuiet(partition);
    }

    @Override
    public void lost(Collection<Integer> partitions) {
        heldBack.removeAll(partitions);
        next.lost(partitions);
    }

    private void fence() {
        List<String> asked = List.copyOf(sessions); // a list: a simulation needs the same order in every run
        CompletableFuture<Void> answer;
        try {
            answer = CompletableFuture.allOf(asked.stream()
                    .map(session -> environment.publisher().fence(session).toCompletableFuture())
                    .toArray(CompletableFuture<?>[]::new));
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            fenced(asked);
        } else {
            await(asked, answer);
        }
    }

    private void await(List<String> asked, CompletionStage<Void> answer) {
        underWay = true;
        answer.whenComplete((nothing, failure) -> mailbox.post(() -> {
            underWay = false;
            if (failure == null) {
                fenced(asked);
            } else {
                failed(failure);
            }
        }));
    }

    private void fenced(List<String> asked) {
        asked.forEach(sessions::remove);
        backoff.reset();
        nextTry = Long.MIN_VALUE;
        failing = false;
        if (sessions.isEmpty()) {
            Set<Integer> free = new TreeSet<>(heldBack);
            heldBack.clear();
            next.acquired(free, Set.of());
        }
    }

    private void failed(Throwable failure) {
        nextTry = environment.clock().nanoTime() + backoff.next();
        if (!failing) {
            failing = true;
            log.warn(
                    "processor {}: cannot fence {} processors that died; {} partitions taken over from them wait until the "
                            + "destination answers: {}",
                    environment.processorId(),
                    sessions.size(),
                    heldBack.size(),
                    failure.toString());
        }
    }
}
