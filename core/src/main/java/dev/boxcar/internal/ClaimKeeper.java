package dev.boxcar.internal;

import dev.boxcar.OutboxClock;
import dev.boxcar.PublishLease;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.ClaimView;
import dev.boxcar.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the processor's claims: renews them well before they end, takes its fair share of what nobody alive holds, gives back
 * what exceeds it, and knows how long sending is safe.
 *
 * <p>The database's clock decides who is alive. This side only needs to know how much of its time is left: a claim counts from
 * the moment <em>before</em> the database was asked, on the local monotonic clock, so it ends here no later than there.
 */
final class ClaimKeeper {

    /** Told of what happens to claims. */
    interface Owner {
        /**
         * These partitions are held from now.
         *
         * @param endedSessions who held some of them before and has ended without giving them back
         */
        void acquired(Collection<Integer> partitions, Set<String> endedSessions);

        /** Begin nothing for these; tell {@link #isQuiet} when what is under way has ended. */
        void giveUp(Collection<Integer> partitions);

        /** Whether nothing of this partition is under way any more. */
        boolean isQuiet(int partition);

        /** These partitions are no longer held. */
        void lost(Collection<Integer> partitions);
    }

    private static final Logger log = LoggerFactory.getLogger(ClaimKeeper.class);

    /** Others look at least this often who is alive. */
    private static final Duration LONGEST_INTERVAL = Duration.ofMillis(800);

    /** A session has surely ended then: databases count in milliseconds. */
    private static final Duration AFTER_END = Duration.ofMillis(10);

    private final Environment environment;
    private final StorageCalls calls;
    private final Owner owner;
    private final Duration claimDuration;
    private final long interval;
    private final Backoff backoff;
    private final Map<Integer, Claim> held = new HashMap<>();
    private final Set<Integer> givingUp = new TreeSet<>();

    /** Who held the partitions that were asked for, in case the answer is lost and a later one tells that they were taken. */
    private final Map<Integer, String> formerOwners = new HashMap<>();

    private Session session;
    private boolean joined;
    private boolean busy;
    private boolean sharedOut;
    private long validUntil;
    private long nextHeartbeat = Long.MIN_VALUE;

    ClaimKeeper(Environment environment, StorageCalls calls, Owner owner) {
        this.environment = environment;
        this.calls = calls;
        this.owner = owner;
        this.claimDuration = environment.settings().claimDuration();
        Duration third = claimDuration.dividedBy(3);
        this.interval = (third.compareTo(LONGEST_INTERVAL) < 0 ? third : LONGEST_INTERVAL).toNanos();
        this.backoff = new Backoff(Duration.ofMillis(50), Duration.ofNanos(interval), environment.random());
        this.session = newSession();
    }

    Session session() {
        return session;
    }

    /** The claim on a partition that may be worked on, or null. */
    @Nullable
    Claim claimOn(int partition) {
        return givingUp.contains(partition) ? null : held.get(partition);
    }

    int heldCount() {
        return held.size();
    }

    boolean isBusy() {
        return busy;
    }

    /** Whether the shares have been settled at least once since joining, so that what is claimable now is claimed. */
    boolean isSharedOut() {
        return sharedOut;
    }

    /** The time until which something sent now is surely sent under a valid claim. */
    long validUntil() {
        return joined ? validUntil : Long.MIN_VALUE;
    }

    /** The right to publish under the claims as they are now. */
    PublishLease lease() {
        return new Lease(session.id(), validUntil(), environment.clock());
    }

    private record Lease(String session, long validUntil, OutboxClock clock) implements PublishLease {
        @Override
        public boolean isValid() {
            return clock.nanoTime() < validUntil;
        }
    }

    /** When {@link #tick} has something to do. */
    long nextDeadline() {
        long next = busy ? Long.MAX_VALUE : nextHeartbeat;
        return joined ? Math.min(next, validUntil) : next;
    }

    int tick(long now) {
        int work = 0;
        if (joined && now >= validUntil) {
            lose("ran out before they could be renewed");
            work++;
        }
        if (!busy && now >= nextHeartbeat) {
            heartbeat(now);
            work++;
        }
        if (!busy && !givingUp.isEmpty()) {
            work += release();
        }
        return work;
    }

    private void heartbeat(long now) {
        Session asking = session;
        boolean join = !joined;
        nextHeartbeat = now + interval;
        start(
                join ? "join" : "renew its claims",
                () -> environment.storage().heartbeat(asking, claimDuration, join),
                view -> onView(asking, now, view));
    }

    private <R> void start(
            String operation, java.util.concurrent.Callable<R> call, java.util.function.Consumer<R> done) {
        busy = true;
        calls.start(
                operation,
                call,
                result -> {
                    busy = false;
                    backoff.reset();
                    done.accept(result);
                },
                failure -> {
                    busy = false;
                    nextHeartbeat = environment.clock().nanoTime() + backoff.next();
                    if (!joined) {
                        session = newSession(); // the failed one may be known to the database all the same
                    }
                });
    }

    private void onView(Session asking, long askedAt, ClaimView view) {
        if (!asking.equals(session)) {
            return; // its claims ran out while the database was answering
        }
        if (!view.alive()) {
            lose("were taken away: the database saw no renewal in time");
            return;
        }
        joined = true;
        validUntil = askedAt + claimDuration.toNanos();
        lookAtFirstEnd(view.firstEnd());
        Map<Integer, Claim> mine = new HashMap<>();
        List<Claim> free = new ArrayList<>();
        for (Claim claim : view.claims()) {
            if (session.id().equals(claim.owner())) {
                mine.put(claim.partition(), claim);
            } else if (!claim.ownerAlive()) {
                free.add(claim);
            }
        }
        reconcile(mine);
        share(view.liveSessions(), free);
    }

    /** Whoever is well has renewed itself by then, and more than once; what the others hold is taken over at once. */
    private void lookAtFirstEnd(Duration firstEnd) {
        // Not all at the same moment: who comes second finds less to do.
        long after = AFTER_END.toNanos() + environment.random().nextLong(AFTER_END.toNanos());
        nextHeartbeat = Math.min(nextHeartbeat, environment.clock().nanoTime() + firstEnd.toNanos() + after);
    }

    /** What the database says is true: the reply to an earlier statement may have been lost. */
    private void reconcile(Map<Integer, Claim> mine) {
        List<Integer> gone = new ArrayList<>();
        held.forEach((partition, claim) -> {
            Claim now = mine.get(partition);
            if (now == null || now.epoch() != claim.epoch()) {
                gone.add(partition);
            }
        });
        if (!gone.isEmpty()) {
            drop(gone);
            log.warn("processor {}: lost {} claims to another processor", environment.processorId(), gone.size());
            environment.listener().claimsLost(gone.size());
        }
        List<Claim> unknown = new ArrayList<>();
        mine.forEach((partition, claim) -> {
            if (!held.containsKey(partition)) {
                unknown.add(claim);
            }
        });
        take(unknown);
    }

    private void share(int liveSessions, List<Claim> free) {
        int partitions = environment.storage().partitions();
        int processors = Math.max(1, liveSessions);
        int fair = (partitions + processors - 1) / processors;
        int mine = held.size() - givingUp.size();
        if (mine > fair) {
            List<Integer> surplus = held.keySet().stream()
                    .filter(partition -> !givingUp.contains(partition))
                    .limit(mine - fair)
                    .toList();
            givingUp.addAll(surplus);
            owner.giveUp(surplus);
        } else if (mine < fair && !free.isEmpty()) {
            Collections.shuffle(free, new Random(environment.random().nextLong()));
            acquire(List.copyOf(free.subList(0, Math.min(fair - mine, free.size()))));
            return;
        }
        sharedOut = true;
    }

    private void acquire(List<Claim> wanted) {
        Session asking = session;
        formerOwners.clear();
        wanted.forEach(claim -> {
            if (claim.owner() != null) {
                formerOwners.put(claim.partition(), claim.owner());
            }
        });
        start("take claims", () -> environment.storage().acquire(asking, wanted), taken -> {
            if (asking.equals(session)) {
                take(taken);
                sharedOut = true;
                if (taken.size() < wanted.size()) {
                    nextHeartbeat = environment.clock().nanoTime(); // others were faster: look at once what is left
                }
            }
        });
    }

    private void take(List<Claim> claims) {
        if (claims.isEmpty()) {
            return;
        }
        claims.forEach(claim -> held.put(claim.partition(), claim));
        List<String> former = claims.stream()
                .map(claim -> formerOwners.get(claim.partition()))
                .filter(java.util.Objects::nonNull)
                .toList();
        log.info(
                "processor {}: took {} partitions ({} of them from a processor that died), holds {}",
                environment.processorId(),
                claims.size(),
                former.size(),
                held.size());
        environment.listener().claimsAcquired(claims.size(), former.size());
        owner.acquired(claims.stream().map(Claim::partition).toList(), Set.copyOf(former));
    }

    private int release() {
        List<Claim> quiet = givingUp.stream()
                .filter(owner::isQuiet)
                .map(held::get)
                .filter(java.util.Objects::nonNull)
                .toList();
        if (quiet.isEmpty()) {
            return 0;
        }
        Session asking = session;
        start(
                "release claims",
                () -> {
                    environment.storage().release(asking, quiet);
                    return quiet;
                },
                done -> {
                    if (asking.equals(session)) {
                        drop(done.stream().map(Claim::partition).toList());
                        log.info(
                                "processor {}: gave {} partitions to others, holds {}",
                                environment.processorId(),
                                done.size(),
                                held.size());
                        environment.listener().claimsReleased(done.size());
                    }
                });
        return 1;
    }

    private void lose(String how) {
        int count = held.size();
        drop(List.copyOf(held.keySet()));
        session = newSession();
        joined = false;
        sharedOut = false;
        nextHeartbeat = environment.clock().nanoTime() + backoff.next();
        if (count > 0) {
            log.warn(
                    "processor {}: its {} claims {}; it stops sending and joins again",
                    environment.processorId(),
                    count,
                    how);
            environment.listener().claimsLost(count);
        }
    }

    private void drop(Collection<Integer> partitions) {
        partitions.forEach(held::remove);
        givingUp.removeAll(partitions);
        owner.lost(partitions);
    }

    /** Gives everything back at the end. */
    void leave(Runnable done) {
        Session leaving = session;
        int count = held.size();
        busy = true;
        calls.start(
                "leave",
                () -> {
                    environment.storage().leave(leaving);
                    return count;
                },
                released -> {
                    forget();
                    if (released > 0) {
                        environment.listener().claimsReleased(released);
                    }
                    done.run();
                },
                failure -> {
                    forget(); // the claims end by themselves
                    done.run();
                });
    }

    private void forget() {
        busy = false;
        drop(List.copyOf(held.keySet()));
        joined = false;
        sharedOut = false;
        session = newSession();
        nextHeartbeat = Long.MIN_VALUE;
    }

    private Session newSession() {
        UUID id = new UUID(environment.random().nextLong(), environment.random().nextLong());
        return new Session(environment.processorId(), id.toString());
    }
}
