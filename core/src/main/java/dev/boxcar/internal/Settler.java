package dev.boxcar.internal;

import dev.boxcar.spi.Claim;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.Settlement;
import dev.boxcar.spi.Settlement.Dead;
import dev.boxcar.spi.Settlement.Published;
import dev.boxcar.spi.Settlement.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Consumer;

/** Collects what became of entries and writes it down, many at a time, one call under way. */
final class Settler {

    /** So many are written down at once without waiting for more; fewer where memory is small. */
    private static final int PLENTY = 500;

    private static final int MOST = 5_000;

    private final Environment environment;
    private final StorageCalls calls;
    private final ClaimKeeper claims;
    private final Consumer<List<Tracked>> settled;
    private final Backoff backoff;
    private final long delay;
    private final int plenty;
    private final long plentyBytes;
    private final List<Tracked> published = new ArrayList<>();
    private final List<Failed<Retry>> retries = new ArrayList<>();
    private final List<Failed<Dead>> dead = new ArrayList<>();
    private boolean busy;
    private boolean hurry;
    private long publishedBytes;
    private long oldest = Long.MAX_VALUE;
    private long notBefore = Long.MIN_VALUE;

    private record Failed<F>(Tracked tracked, F outcome) {}

    Settler(Environment environment, StorageCalls calls, ClaimKeeper claims, Consumer<List<Tracked>> settled) {
        this.environment = environment;
        this.calls = calls;
        this.claims = claims;
        this.settled = settled;
        this.delay = environment.settings().settleDelay().toNanos();
        this.plenty = Math.max(1, Math.min(PLENTY, environment.settings().maxInFlightEntries() / 4));
        this.plentyBytes = environment.settings().maxInFlightBytes() / 4;
        this.backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), environment.random());
    }

    void published(Tracked tracked, long now) {
        published.add(tracked);
        publishedBytes += tracked.bytes();
        noted(now);
    }

    void retry(Tracked tracked, int attempts, Duration wait, String reason, long now) {
        retries.add(new Failed<>(
                tracked, new Retry(tracked.claim, tracked.id, attempts, Math.max(1, wait.toMillis()), reason)));
        noted(now);
    }

    void dead(Tracked tracked, int attempts, String reason, long now) {
        dead.add(new Failed<>(tracked, new Dead(tracked.claim, tracked.id, attempts, reason)));
        noted(now);
    }

    /** Waits for nothing more: when pumping by hand, and at the end. */
    void hurry(boolean newHurry) {
        hurry = newHurry;
    }

    boolean isIdle() {
        return !busy && waiting() == 0;
    }

    long nextDeadline() {
        return busy || waiting() == 0 ? Long.MAX_VALUE : dueAt();
    }

    int tick(long now) {
        if (busy || waiting() == 0 || now < dueAt()) {
            return 0;
        }
        submit(now);
        return 1;
    }

    /** Forgets what is waiting: the claims are gone, and nothing of it may be written any more. */
    void clear() {
        published.clear();
        retries.clear();
        dead.clear();
        publishedBytes = 0;
        oldest = Long.MAX_VALUE;
    }

    private int waiting() {
        return published.size() + retries.size() + dead.size();
    }

    private long dueAt() {
        return Math.max(notBefore, isUrgent() ? Long.MIN_VALUE : oldest + delay);
    }

    /** What failed holds others back until it is written down; what was sent only takes up memory. */
    private boolean isUrgent() {
        return hurry
                || !retries.isEmpty()
                || !dead.isEmpty()
                || published.size() >= plenty
                || publishedBytes >= plentyBytes;
    }

    private void noted(long now) {
        oldest = Math.min(oldest, now);
    }

    private void submit(long now) {
        List<Tracked> deletes = keep(take(published), tracked -> tracked);
        List<Failed<Retry>> postponed = keep(take(retries), Failed::tracked);
        List<Failed<Dead>> buried = keep(take(dead), Failed::tracked);
        oldest = waiting() == 0 ? Long.MAX_VALUE : now;
        countBytes();
        Settlement settlement = new Settlement(
                byClaim(deletes),
                postponed.stream().map(Failed::outcome).toList(),
                buried.stream().map(Failed::outcome).toList());
        Session session = claims.session();
        busy = true;
        calls.start(
                "settle",
                () -> {
                    environment.storage().settle(session, settlement);
                    return settlement.size();
                },
                count -> {
                    busy = false;
                    backoff.reset();
                    List<Tracked> all = new ArrayList<>(deletes);
                    postponed.forEach(failed -> all.add(failed.tracked()));
                    buried.forEach(failed -> all.add(failed.tracked()));
                    settled.accept(all);
                    environment.listener().settled(count);
                },
                failure -> {
                    busy = false;
                    published.addAll(0, keep(deletes, tracked -> tracked));
                    retries.addAll(0, keep(postponed, Failed::tracked));
                    dead.addAll(0, keep(buried, Failed::tracked));
                    countBytes();
                    long later = environment.clock().nanoTime();
                    noted(later);
                    notBefore = later + backoff.next();
                });
    }

    private void countBytes() {
        publishedBytes = published.stream().mapToLong(Tracked::bytes).sum();
    }

    /** Those that are still ours: what the claims were lost for must not be written any more. */
    private static <E> List<E> keep(List<E> items, java.util.function.Function<E, Tracked> tracked) {
        return items.stream().filter(item -> !tracked.apply(item).dropped).toList();
    }

    private static <E> List<E> take(List<E> from) {
        List<E> head = from.subList(0, Math.min(MOST, from.size()));
        List<E> taken = new ArrayList<>(head);
        head.clear();
        return taken;
    }

    private static List<Published> byClaim(List<Tracked> deletes) {
        IdentityHashMap<Claim, List<Long>> byClaim = new IdentityHashMap<>();
        for (Tracked tracked : deletes) {
            byClaim.computeIfAbsent(tracked.claim, claim -> new ArrayList<>()).add(tracked.id);
        }
        List<Published> all = new ArrayList<>(byClaim.size());
        byClaim.forEach((claim, ids) -> all.add(new Published(claim, ids)));
        return all;
    }
}
