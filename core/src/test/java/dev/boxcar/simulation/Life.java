package dev.boxcar.simulation;

import static dev.boxcar.simulation.Scheduler.MILLI;
import static dev.boxcar.simulation.Scheduler.SECOND;

import dev.boxcar.RetryPolicy.AfterLastAttempt;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One life: trouble for some seconds, then everything is healed, and all that was committed must be delivered within a bound.
 * Everything follows from the seed.
 */
final class Life {

    /** The longest back-off is 10 s; somebody who lost everything may need two of them one after the other. */
    private static final long LONGEST_RECOVERY = 30 * SECOND;

    private static final long TOO_MANY_EVENTS = 1_000_000;
    private static final List<Fate.Defect> DEFECTS =
            List.of(Fate.Defect.FLAKY, Fate.Defect.FAILS, Fate.Defect.REJECTED);

    /**
     * How it ended.
     *
     * @param violations what is wrong with it, empty if nothing is
     * @param trace the same for two runs of the same schedule
     * @param log what happened, if it was to be kept
     * @param plan what kind of life it was
     * @param messages how many were written
     * @param duplicates how many arrived more than once
     * @param dead how many are dead letters
     */
    record Verdict(
            List<String> violations, long trace, List<String> log, Plan plan, int messages, int duplicates, int dead) {}

    final Scheduler time;
    final Plan plan;
    final Variant variant;
    final Database database;
    final Oracle oracle;
    final List<Broker> brokers;
    final List<Node> nodes = new ArrayList<>();
    private final Writers writers;
    private final List<Node> leaving = new ArrayList<>();
    private final Set<String> heldBack = new HashSet<>();
    private boolean troubled = true;
    private int nodeNumber;

    Life(long seed, Variant variant, boolean keepLog) {
        this.time = new Scheduler(seed, keepLog);
        this.variant = variant;
        this.plan = Plan.draw(time);
        this.database = Database.create(time, plan.gaps());
        this.oracle = new Oracle(this);
        this.brokers = List.of(new Broker("A", this), new Broker("BC", this));
        this.writers = new Writers(this);
        time.note("", "plan", plan.kind() + (plan.gaps() ? " gaps" : " snapshots"));
    }

    Verdict run() {
        try {
            live();
            oracle.judge();
        } catch (RuntimeException e) {
            oracle.violation("failed: " + e);
        }
        return new Verdict(
                oracle.violations(),
                time.trace(),
                time.log(),
                plan,
                oracle.messages(),
                oracle.duplicates(),
                oracle.dead());
    }

    private void live() {
        for (int i = 0; i < plan.nodes(); i++) {
            startNode();
        }
        writers.begin();
        new Troubles(this).begin();
        runUntil(time.now() + plan.millis() * MILLI);
        heal();
        long end = time.now() + LONGEST_RECOVERY;
        while (time.now() < end && (database.pending() > 0 || !writers.isDone())) {
            runUntil(time.now() + 100 * MILLI);
        }
        if (database.pending() == 0) {
            stopEverybody();
        }
    }

    private void runUntil(long end) {
        time.runUntil(end);
        if (time.count() > TOO_MANY_EVENTS) {
            throw new IllegalStateException("too much happens: somebody spins");
        }
    }

    private void heal() {
        time.note("", "healed", "");
        troubled = false;
        brokers.forEach(Broker::heal);
        nodes.forEach(Node::wakeUp);
        leaving.forEach(Node::wakeUp);
        if (nodes.isEmpty()) {
            startNode();
        }
    }

    /** What was settled leaves nothing behind in memory, and a stop comes to its end. */
    private void stopEverybody() {
        runUntil(time.now() + 4 * SECOND); // whatever was given up comes to its end as well
        for (Node node : nodes) {
            if (node.engine.status().entriesInFlight() > 0
                    || node.engine.status().bytesInFlight() != 0) {
                oracle.violation(node.id + " keeps in memory what was settled: " + node.engine.status());
            }
            node.stop();
        }
        runUntil(time.now() + 3 * SECOND);
        leaving.addAll(nodes);
        for (Node node : leaving) {
            if (!node.dead && !node.engine.isAtRest()) {
                oracle.violation(node.id + " does not come to rest");
            }
        }
    }

    // ---- what its parts ask

    /** Whether something may still go wrong. */
    boolean isTroubled() {
        return troubled;
    }

    /** Held keys are mended when everything is. */
    boolean mendsMessages() {
        return !troubled && plan.policy().afterLastAttempt() == AfterLastAttempt.HOLD_KEY;
    }

    Broker brokerOf(String namespace) {
        return brokers.get(namespace.equals("a") ? 0 : 1);
    }

    boolean wasDown(String namespace) {
        return brokerOf(namespace).wasEverDown();
    }

    /** Whether a message of this key had a defect, so that others may have waited for it. */
    boolean isHeldBack(@Nullable String lane) {
        return lane != null && heldBack.contains(lane);
    }

    Fate.Defect drawDefect(@Nullable String lane) {
        boolean defective = (plan.kind() == Plan.Kind.CALM || plan.isWild()) && time.once(40);
        if (!defective) {
            return Fate.Defect.NONE;
        }
        if (lane != null) {
            heldBack.add(lane);
        }
        return DEFECTS.get(time.roll(DEFECTS.size()));
    }

    void startNode() {
        Node node = new Node("p" + nodeNumber++, this);
        nodes.add(node);
        node.begin();
    }

    void remove(Node node) {
        nodes.remove(node);
        leaving.add(node);
    }

    void wakeSomebody() {
        if (!nodes.isEmpty()) {
            nodes.get(time.roll(nodes.size())).engine.wake();
        }
    }
}
