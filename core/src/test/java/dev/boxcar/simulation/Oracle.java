package dev.boxcar.simulation;

import static dev.boxcar.simulation.Scheduler.MILLI;
import static dev.boxcar.simulation.Scheduler.NEVER;
import static dev.boxcar.simulation.Scheduler.SECOND;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.RetryPolicy.AfterLastAttempt;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.StoredEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Knows what was committed and what every step may do, and says what is wrong. */
final class Oracle {

    /** From commit to arrival, when nothing is wrong with the message, its key, its destination or its processor. */
    private static final long PROMPT = 3 * SECOND;

    private static final int ENOUGH = 5;

    private final Life life;
    private final Scheduler time;
    private final Map<String, Fate> fates = new LinkedHashMap<>();
    private final List<Fate> firstArrivals = new ArrayList<>();
    private final Set<String> fenced = new HashSet<>();
    private final List<String> violations = new ArrayList<>();
    private int duplicates;
    private int dead;

    Oracle(Life life) {
        this.life = life;
        this.time = life.time;
    }

    void violation(String what) {
        if (violations.size() < ENOUGH) {
            time.note("!!", "VIOLATION", what);
            violations.add(String.format(java.util.Locale.ROOT, "at %.3f ms: %s", time.now() / 1e6, what));
        }
    }

    List<String> violations() {
        return violations;
    }

    int duplicates() {
        return duplicates;
    }

    int dead() {
        return dead;
    }

    int messages() {
        return fates.size();
    }

    void written(Fate fate) {
        fates.put(fate.id, fate);
    }

    Fate fate(ClaimedEntry entry) {
        Fate fate = fates.get(entry.messageId());
        if (fate == null) {
            throw new IllegalStateException("nobody wrote " + entry);
        }
        return fate;
    }

    // ---- each step

    /** A processor begins a publish call: it must have the right to, and a reason. */
    void callStarted(Call call) {
        checkLimits(call);
        Map<Long, StoredEntry> stored = new HashMap<>();
        List<Long> ids = call.entries.stream().map(ClaimedEntry::id).toList();
        life.database.stored(ids).forEach(each -> stored.put(each.entry().id(), each));
        List<Claim> claims = life.database.claims();
        if (life.database.deadlineOf(call.session) - time.now() < Plan.PUBLISH_TIMEOUT) {
            violation(call.node.id + " sends although its claims may end before the call does");
        }
        Set<String> lanes = new HashSet<>();
        for (ClaimedEntry entry : call.entries) {
            Fate fate = fate(entry);
            StoredEntry row = stored.get(entry.id());
            if (row == null) {
                violation(call.node.id + " sends " + fate.id + " after it was deleted");
            } else {
                checkClaim(call, fate, claims.get(row.partition()));
            }
            if (fate.lane != null && !lanes.add(fate.lane) && (!life.plan.keepsOrder() || holdsKeys())) {
                violation(call.node.id + " puts two entries of one key into a call that keeps no order: " + fate.id);
            }
            if (entry.attempt() > 1 + fate.failures) {
                violation(fate.id + " is tried for the " + entry.attempt() + ". time, but failed by itself "
                        + fate.failures + " times");
            }
            fate.calls.forEach(earlier -> checkReason(call, fate, entry, earlier));
            fate.calls.add(call);
        }
        checkOneCallForEachKey(call, lanes);
    }

    private boolean holdsKeys() {
        return life.plan.policy().afterLastAttempt() == AfterLastAttempt.HOLD_KEY;
    }

    private void checkLimits(Call call) {
        if (call.entries.size() > call.node.settings.batchSize()) {
            violation(call.node.id + " sends " + call.entries.size() + " entries in a call, more than the batch size "
                    + call.node.settings.batchSize());
        }
        long open = call.node.openCalls.stream()
                .filter(other -> other.destination.equals(call.destination) && !other.isOver(time.now()))
                .count();
        if (open >= call.node.settings.maxConcurrentCalls()) {
            violation(call.node.id + " has more than " + open + " calls under way to " + call.destination);
        }
    }

    private void checkClaim(Call call, Fate fate, Claim claim) {
        if (!call.session.equals(claim.owner())) {
            violation(call.node.id + " sends " + fate.id + " of a partition which it does not hold");
        }
        String dead = life.database.deadOwnerOf(claim.partition());
        if (life.plan.fencing() && dead != null && !fenced.contains(dead)) {
            violation(call.node.id + " sends " + fate.id + " before whoever had it was fenced");
        }
    }

    private void checkOneCallForEachKey(Call call, Set<String> lanes) {
        call.node.openCalls.removeIf(other -> other.isOver(time.now()));
        for (Call other : call.node.openCalls) {
            for (ClaimedEntry entry : other.entries) {
                String lane = fate(entry).lane;
                if (other.session.equals(call.session) && lane != null && lanes.contains(lane)) {
                    violation(call.node.id + " has two calls under way with entries of " + lane);
                }
            }
        }
        call.node.openCalls.add(call);
    }

    /** Whoever sends again must not have been told that it was sent, or must have taken over from somebody who failed. */
    private void checkReason(Call call, Fate fate, ClaimedEntry entry, Call earlier) {
        boolean mayTryAgain = earlier.isOver(time.now()) && !earlier.isAcknowledged(entry.id());
        boolean tookOver = !earlier.session.equals(call.session) && endedBadly(earlier);
        if (!mayTryAgain && !tookOver) {
            violation(call.node.id + " sends " + fate.id + " again without a reason; " + earlier.node.id + " had it");
        }
    }

    /** A stop that cannot write down what it sent gives up after a while. */
    private boolean endedBadly(Call earlier) {
        Node node = earlier.node;
        boolean expired =
                !life.database.hasLeft(earlier.session) && life.database.deadlineOf(earlier.session) <= time.now();
        boolean gaveUp = node.stoppedAt != NEVER && time.now() >= node.stoppedAt + Plan.GIVEN_UP + SECOND / 2;
        return expired || gaveUp || node.dead || node.lostClaimsAt >= earlier.startedAt;
    }

    void settledWithoutClaim(Node node, List<StoredEntry> before) {
        Map<Long, StoredEntry> after = new HashMap<>();
        life.database
                .stored(before.stream().map(each -> each.entry().id()).toList())
                .forEach(each -> after.put(each.entry().id(), each));
        for (StoredEntry row : before) {
            StoredEntry now = after.get(row.entry().id());
            if (now == null
                    || now.entry().attempt() != row.entry().attempt()
                    || now.delayMillis() != row.delayMillis()) {
                violation(node.id + " settled " + row.entry().messageId() + " without holding it");
            }
        }
    }

    void fenced(String session) {
        fenced.add(session);
    }

    /** A message takes effect at the broker. */
    void arrived(Call call, ClaimedEntry entry) {
        Fate fate = fate(entry);
        time.note(call.node.id, "delivers", fate.id);
        if (!fate.isCommitted()) {
            violation("ghost: " + fate.id + " arrived, but was not committed");
        }
        if (life.plan.fencing() && fenced.contains(call.session)) {
            violation(fate.id + " arrived from a session that was fenced");
        }
        fate.arrivals++;
        if (fate.arrivals == 1) {
            fate.arrivedAt = time.now();
            firstArrivals.add(fate);
        } else {
            duplicates++;
        }
    }

    // ---- the end

    void judge() {
        for (String id : life.database.deadMessages()) {
            Fate fate = fates.get(id);
            if (fate == null || fate.dead) {
                violation("twice or never written, but dead: " + id);
            } else {
                fate.dead = true;
                dead++;
                judgeDead(fate);
            }
        }
        fates.values().forEach(this::judge);
        judgeOrder();
        long pending = life.database.pending();
        if (pending > 0) {
            violation(pending + " entries never delivered");
        }
        if (!life.plan.isWild() && life.plan.kind() != Plan.Kind.CRASH && duplicates > 0) {
            violation(duplicates + " duplicates although nothing happened that explains one");
        }
    }

    private void judgeDead(Fate fate) {
        if (holdsKeys()
                || !(fate.rejected || fate.failures >= life.plan.policy().maxAttempts())) {
            violation("dead after " + fate.failures + " failures of its own: " + fate.id);
        }
    }

    private void judge(Fate fate) {
        if (fate.isCommitted() && !fate.hasArrived() && !fate.dead) {
            violation("lost: " + fate.id);
        }
        long delay = fate.arrivedAt - fate.committedAt;
        if (fate.hasArrived() && delay > longestDelay(fate)) {
            violation(fate.id + " arrived " + delay / MILLI + " ms after its commit");
        }
    }

    private long longestDelay(Fate fate) {
        return switch (life.plan.kind()) {
            // Keys that are held until they are mended take the room of others.
            case CALM -> fate.defect != Fate.Defect.NONE || life.isHeldBack(fate.lane) || holdsKeys() ? NEVER : PROMPT;
            case OUTAGE -> life.wasDown(fate.namespace) ? NEVER : PROMPT;
            case CRASH -> Plan.CLAIM.toNanos() + SECOND + SECOND / 2;
            case WILD -> NEVER;
        };
    }

    /** By the first arrival of each; what died has lost its place. */
    private void judgeOrder() {
        Map<String, Fate> last = new HashMap<>();
        for (Fate fate : firstArrivals) {
            if (fate.lane != null && !fate.dead) {
                @Nullable Fate before = last.put(fate.lane, fate);
                if (before != null && before.number > fate.number) {
                    violation("order: " + fate.id + " after " + before.id);
                }
            }
        }
    }
}
