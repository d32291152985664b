package dev.boxcar.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * The judge. Writers tell it what became of their transactions, the reader what arrived; it compares. Knows nothing of databases
 * and brokers. Safe for use by several threads.
 *
 * <p>A message is a place in the sequence of its key. A key belongs to one writer, whose transactions follow one another; a writer
 * that does not know what became of a transaction takes new keys, because that transaction may still commit after later ones.
 */
final class Journal {

    /**
     * A message.
     *
     * @param key its key
     * @param place the how manieth of its key
     */
    record Entry(int key, int place) {
        private long packed() {
            return ((long) key << 32) | place;
        }
    }

    private enum State {
        OPEN,
        COMMITTED,
        ROLLED_BACK
    }

    private static final State[] STATES = State.values();

    /** What is known of one key. */
    private static final class Key {
        byte[] states = new byte[16];
        int[] idHashes = new int[16];
        int places;
        int[] arrivals = new int[16];
        int arrived;

        @SuppressWarnings("EnumOrdinal") // two bits for each of millions, in memory only
        void setState(int place, State state) {
            states[place] = (byte) ((states[place] & ~3) | state.ordinal());
        }

        State state(int place) {
            return STATES[states[place] & 3];
        }
    }

    private static final int ARRIVED = 4;
    private static final int REFUSED = 8;

    private record Unknown(long transaction, List<Entry> entries) {}

    private final List<Key> keys = new ArrayList<>();
    private final List<Unknown> unknown = new ArrayList<>();
    private final Set<Entry> strangers = new HashSet<>();
    private final Set<Entry> buried = new HashSet<>();
    private final Set<Long> waiting = new HashSet<>();
    private long committed;
    private long rolledBack;
    private long delivered;
    private long duplicates;
    private long changedIds;
    private long resolved;
    private long refusedCommitted;
    private long buriedTwice;

    /** A key that nobody has used. */
    synchronized int newKey() {
        keys.add(new Key());
        return keys.size() - 1;
    }

    /** The next message of a key. */
    synchronized Entry next(int key) {
        Key of = keys.get(key);
        if (of.places == of.states.length) {
            of.states = Arrays.copyOf(of.states, 2 * of.places);
            of.idHashes = Arrays.copyOf(of.idHashes, 2 * of.places);
        }
        return new Entry(key, of.places++);
    }

    /** The broker will refuse this message: it belongs to the dead letters. */
    synchronized void willBeRefused(Entry entry) {
        keys.get(entry.key).states[entry.place] |= REFUSED;
    }

    synchronized void committed(List<Entry> entries) {
        for (Entry entry : entries) {
            Key key = keys.get(entry.key);
            key.setState(entry.place, State.COMMITTED);
            committed++;
            if (isRefused(key, entry.place)) {
                refusedCommitted++;
            } else if (!hasArrived(key, entry.place)) {
                waiting.add(entry.packed());
            }
        }
    }

    synchronized void rolledBack(List<Entry> entries) {
        entries.forEach(entry -> keys.get(entry.key).setState(entry.place, State.ROLLED_BACK));
        rolledBack += entries.size();
    }

    /** The connection broke during the commit. */
    synchronized void unknown(long transaction, List<Entry> entries) {
        unknown.add(new Unknown(transaction, List.copyOf(entries)));
    }

    /** Looks up what became of the transactions of which nobody knows; all connections of writers must be closed. */
    synchronized void resolve(LongPredicate committedTransaction) {
        for (Unknown each : unknown) {
            if (committedTransaction.test(each.transaction)) {
                committed(each.entries);
            } else {
                rolledBack(each.entries);
            }
        }
        resolved += unknown.size();
        unknown.clear();
    }

    /**
     * A message arrived.
     *
     * @param id its id as it arrived
     * @return whether it came for the first time
     */
    synchronized boolean arrived(Entry entry, String id) {
        if (entry.key < 0 || entry.key >= keys.size() || entry.place < 0 || entry.place >= keys.get(entry.key).places) {
            strangers.add(entry);
            return true;
        }
        Key key = keys.get(entry.key);
        if (hasArrived(key, entry.place)) {
            duplicates++;
            if (key.idHashes[entry.place] != id.hashCode()) {
                changedIds++;
            }
            return false;
        }
        key.states[entry.place] |= ARRIVED;
        key.idHashes[entry.place] = id.hashCode();
        if (key.arrived == key.arrivals.length) {
            key.arrivals = Arrays.copyOf(key.arrivals, 2 * key.arrived);
        }
        key.arrivals[key.arrived++] = entry.place;
        delivered++;
        waiting.remove(entry.packed());
        return true;
    }

    /** A message stands among the dead letters. */
    synchronized void buried(Entry entry) {
        if (!buried.add(entry)) {
            buriedTwice++;
        }
    }

    synchronized long committedCount() {
        return committed;
    }

    synchronized long deliveredCount() {
        return delivered;
    }

    synchronized long duplicateCount() {
        return duplicates;
    }

    /** How many messages are known to be committed and have not arrived, without those that the broker will refuse. */
    synchronized long waitingCount() {
        return waiting.size();
    }

    /** Those messages, as they are now; only to be given to {@link #haveArrived}. */
    synchronized Set<Long> waiting() {
        return new HashSet<>(waiting);
    }

    /** Whether none of these waits any more; forgets those that do not. */
    synchronized boolean haveArrived(Set<Long> some) {
        some.retainAll(waiting);
        return some.isEmpty();
    }

    /** Whether all committed messages of these keys have arrived. */
    synchronized boolean complete(Set<Integer> some) {
        return waiting.stream().noneMatch(packed -> some.contains((int) (packed >> 32)));
    }

    /** What is to be said at the end. */
    synchronized Findings findings() {
        long lost = 0;
        long ghosts = strangers.size();
        long steps = 0;
        long missingRefused = 0;
        for (int number = 0; number < keys.size(); number++) {
            Key key = keys.get(number);
            steps += stepsBack(key);
            for (int place = 0; place < key.places; place++) {
                boolean isCommitted = key.state(place) == State.COMMITTED;
                boolean isBuried = buried.contains(new Entry(number, place));
                if (hasArrived(key, place) && !isCommitted) {
                    ghosts++;
                }
                if (isCommitted && isRefused(key, place)) {
                    missingRefused += isBuried ? 0 : 1;
                } else if (isCommitted && !hasArrived(key, place) && !isBuried) {
                    lost++;
                }
            }
        }
        long wronglyBuried = buriedTwice
                + buried.stream().filter(entry -> !isRefusedAndCommitted(entry)).count();
        return new Findings(
                committed,
                delivered,
                rolledBack,
                resolved,
                new Findings.Wrong(lost + missingRefused, ghosts, steps, wronglyBuried, changedIds),
                duplicates,
                refusedCommitted);
    }

    /** How many messages of a key came after a later one. What was never committed is a ghost, not disorder. */
    private static long stepsBack(Key key) {
        int highest = -1;
        long steps = 0;
        for (int i = 0; i < key.arrived; i++) {
            int place = key.arrivals[i];
            if (key.state(place) == State.COMMITTED) {
                steps += place < highest ? 1 : 0;
                highest = Math.max(highest, place);
            }
        }
        return steps;
    }

    private boolean isRefusedAndCommitted(Entry entry) {
        return entry.key >= 0
                && entry.key < keys.size()
                && entry.place < keys.get(entry.key).places
                && isRefused(keys.get(entry.key), entry.place)
                && keys.get(entry.key).state(entry.place) == State.COMMITTED
                && !hasArrived(keys.get(entry.key), entry.place);
    }

    private static boolean hasArrived(Key key, int place) {
        return (key.states[place] & ARRIVED) != 0;
    }

    private static boolean isRefused(Key key, int place) {
        return (key.states[place] & REFUSED) != 0;
    }

    /**
     * What the journal found.
     *
     * @param committed how many messages were committed
     * @param delivered how many arrived
     * @param rolledBack how many were rolled back
     * @param resolved of how many transactions the writer did not know whether they committed
     * @param wrong what must be nought
     * @param duplicates how many arrived once more
     * @param refused how many committed messages the broker had to refuse
     */
    record Findings(
            long committed,
            long delivered,
            long rolledBack,
            long resolved,
            Wrong wrong,
            long duplicates,
            long refused) {

        /**
         * What must be nought.
         *
         * @param lost committed, and neither arrived nor, where the broker had to refuse them, among the dead letters
         * @param ghosts arrived, and never committed
         * @param orderViolations arrived after a later one of their key
         * @param wronglyBuried among the dead letters without a fault of their own, or twice, or although they arrived
         * @param changedIds arrived twice, under two ids
         */
        record Wrong(long lost, long ghosts, long orderViolations, long wronglyBuried, long changedIds) {}
    }
}
