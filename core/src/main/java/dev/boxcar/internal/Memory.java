package dev.boxcar.internal;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.ReadPosition;
import dev.boxcar.spi.StoredEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The entries that are in memory, each in the queue of its key. Decides which keys can be sent: at most one publish call holds
 * entries of a key, and a key whose first entry waits for another attempt waits with it.
 */
final class Memory {

    /** A key that can go on at a certain time. */
    private record Timer(long at, KeyQueue key) {}

    /** Nobody waits longer at once: what is due later is looked at again then. Keeps absurd times from overflowing. */
    private static final long MAX_WAIT_MILLIS = Duration.ofDays(1).toMillis();

    /** Counts entries that are being sent or settled. */
    static final class UnderWay {
        private int entries;
    }

    private final Map<Long, Tracked> byId = new HashMap<>();
    private final Map<KeyQueue.Name, KeyQueue> keys = new HashMap<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::at));
    private final List<KeyQueue> toReload = new ArrayList<>();
    /** What is under way in each partition; a new counter for each time the partition is held. */
    private final UnderWay[] underWay;

    private final Consumer<KeyQueue> readLeftovers;

    /**
     * An empty memory.
     *
     * @param partitions the number of partitions
     * @param readLeftovers called with a key whose queue is empty while later entries of it were left in the storage
     */
    Memory(int partitions, Consumer<KeyQueue> readLeftovers) {
        this.underWay = new UnderWay[partitions];
        Arrays.setAll(underWay, partition -> new UnderWay());
        this.readLeftovers = readLeftovers;
    }

    int size() {
        return byId.size();
    }

    boolean contains(long id) {
        return byId.containsKey(id);
    }

    /** Takes in an entry that was read; null when it stays in the storage behind a key that is held back. */
    @Nullable
    Tracked accept(StoredEntry stored, Lane lane, Claim claim, @Nullable ReadPosition readFrom, long now) {
        ClaimedEntry entry = stored.entry();
        KeyQueue key = queueOf(entry, stored.partition(), lane);
        if (key.left || (key.heldBack(now) && key.waiting.size() > KeyQueue.KEPT_BEHIND_FAILED)) {
            key.leave(readFrom);
            return null;
        }
        Tracked tracked = new Tracked(entry, key, claim, readFrom);
        if (stored.delayMillis() > 0) {
            tracked.notBefore = due(stored, now);
            tracked.content(null);
        }
        byId.put(tracked.id, tracked);
        key.lane.add(tracked);
        return tracked;
    }

    private static long due(StoredEntry stored, long now) {
        return now
                + Duration.ofMillis(Math.min(stored.delayMillis(), MAX_WAIT_MILLIS))
                        .toNanos();
    }

    private KeyQueue queueOf(ClaimedEntry entry, int partition, Lane lane) {
        byte[] key = entry.key();
        if (key == null) {
            return new KeyQueue(null, entry.namespace(), partition, lane);
        }
        KeyQueue.Name name = new KeyQueue.Name(entry.namespace(), key);
        return keys.computeIfAbsent(name, n -> new KeyQueue(n, n.namespace, partition, lane));
    }

    /** Puts an entry behind the others of its key. */
    void enqueue(Tracked tracked, long now) {
        tracked.key.waiting.addLast(tracked);
        goOn(tracked.key, now);
    }

    /** Puts an entry that was not sent before the others of its key; {@link #goOn} must follow. */
    void putBack(Tracked tracked) {
        tracked.state = Tracked.State.WAITING;
        tracked.key.waiting.addFirst(tracked);
    }

    /** Lets an entry wait for another attempt. Its content is dropped, to be read again by then. */
    void holdBack(Tracked tracked, long until) {
        tracked.key.lane.resize(tracked, () -> tracked.content(null));
        tracked.notBefore = until;
        tracked.failureUnsettled = true;
        putBack(tracked);
        leaveAllBut(tracked.key, KeyQueue.KEPT_BEHIND_FAILED + 1);
    }

    /** Lets an entry hold its key until it has arrived in the dead letters. */
    void bury(Tracked tracked) {
        tracked.dead = true;
        tracked.failureUnsettled = true;
        putBack(tracked);
    }

    /** What became of an entry is written down. */
    void settled(Tracked tracked, long now) {
        deactivate(tracked);
        tracked.failureUnsettled = false;
        if (tracked.dead || tracked.state == Tracked.State.SETTLING) {
            if (tracked.dead) {
                // Not always the first: one before it may have come back unsent from the same call.
                tracked.key.waiting.remove(tracked);
            }
            remove(tracked);
        }
        goOn(tracked.key, now);
    }

    private void leaveAllBut(KeyQueue key, int kept) {
        while (key.waiting.size() > kept) {
            Tracked last = key.waiting.removeLast();
            key.leave(last.readFrom);
            remove(last);
        }
    }

    /** Decides what becomes of a key after something about it changed. */
    void goOn(KeyQueue key, long now) {
        if (key.sending > 0 || key.reloading) {
            return;
        }
        Tracked first = key.waiting.peekFirst();
        if (first == null) {
            if (key.left) {
                key.left = false;
                readLeftovers.accept(key);
            }
            forgetIfUnused(key);
        } else if (first.failureUnsettled) {
            return; // goes on when it is written down
        } else if (first.notBefore > now) {
            timers.add(new Timer(first.notBefore, key));
        } else if (first.entry == null) {
            key.reloading = true;
            toReload.add(key);
        } else {
            key.lane.makeReady(key);
        }
    }

    /** Lets keys go on whose time has come. */
    int tick(long now) {
        int work = 0;
        for (Timer timer = timers.peek(); timer != null && timer.at() <= now; timer = timers.peek()) {
            timers.poll();
            goOn(timer.key(), now);
            work++;
        }
        return work;
    }

    long nextDeadline() {
        Timer next = timers.peek();
        return next == null ? Long.MAX_VALUE : next.at();
    }

    /** The keys whose first entry is to be read again, at most so many; each must come back through {@link #reloaded}. */
    List<KeyQueue> takeReloads(int most) {
        List<KeyQueue> head = toReload.subList(0, Math.min(most, toReload.size()));
        List<KeyQueue> taken = new ArrayList<>(head);
        head.clear();
        return taken;
    }

    boolean hasReloads() {
        return !toReload.isEmpty();
    }

    /** The read of these first entries failed: another one is needed. */
    void reloadFailed(List<KeyQueue> keysToReload) {
        toReload.addAll(keysToReload);
    }

    /** A first entry was read again; null when it is gone. */
    void reloaded(KeyQueue key, long id, @Nullable StoredEntry stored, long now) {
        key.reloading = false;
        Tracked first = key.waiting.peekFirst();
        if (first != null && first.id == id) {
            if (stored == null) {
                key.waiting.removeFirst();
                remove(first);
            } else if (stored.delayMillis() > 0) {
                first.notBefore = due(stored, now);
            } else {
                first.notBefore = Long.MIN_VALUE;
                key.lane.resize(first, () -> first.content(stored.entry()));
            }
        }
        goOn(key, now);
    }

    /** Something of the entry is under way: its partition cannot be handed over. */
    void activate(Tracked tracked) {
        UnderWay counter = underWay[tracked.key.partition];
        counter.entries++;
        tracked.countedIn = counter;
    }

    /** Nothing of the entry is under way any more. */
    void deactivate(Tracked tracked) {
        UnderWay counter = tracked.countedIn;
        if (counter != null) {
            counter.entries--;
            tracked.countedIn = null;
        }
    }

    boolean isQuiet(int partition) {
        return underWay[partition].entries == 0;
    }

    /** Takes an entry out of memory; it must not be in a queue. */
    void remove(Tracked tracked) {
        if (byId.remove(tracked.id, tracked)) {
            tracked.key.lane.remove(tracked);
        }
    }

    void forgetIfUnused(KeyQueue key) {
        if (key.name != null && key.isUnused()) {
            keys.remove(key.name, key);
        }
    }

    /** Takes out the entries of these partitions that wait; what is under way goes on. */
    void dropWaiting(Collection<Integer> partitions) {
        Set<Integer> gone = new HashSet<>(partitions);
        dropWaiting(tracked -> gone.contains(tracked.key.partition));
    }

    /** Takes out the entries of a namespace that wait; what is under way goes on. */
    void dropWaiting(String namespace) {
        dropWaiting(tracked -> tracked.key.namespace.equals(namespace));
    }

    /** Takes out the entries of a key that wait; what is under way goes on. */
    void dropWaiting(KeyQueue key) {
        List<Tracked> waiting = key.waiting.stream().filter(Tracked::isIdle).toList();
        emptyQueue(key);
        waiting.forEach(this::remove);
    }

    private void dropWaiting(Predicate<Tracked> which) {
        List<Tracked> waiting = byId.values().stream()
                .filter(tracked -> tracked.isIdle() && which.test(tracked))
                .toList();
        for (Tracked tracked : waiting) {
            emptyQueue(tracked.key);
            remove(tracked);
        }
    }

    /** Takes out everything of these partitions; whatever comes of what is under way is ignored. */
    void dropAll(Collection<Integer> partitions) {
        Set<Integer> gone = new HashSet<>(partitions);
        for (Iterator<Tracked> all = byId.values().iterator(); all.hasNext(); ) {
            Tracked tracked = all.next();
            if (gone.contains(tracked.key.partition)) {
                tracked.dropped = true;
                tracked.key.lane.remove(tracked);
                all.remove();
                tracked.key.waiting.clear();
                emptyQueue(tracked.key);
            }
        }
        gone.forEach(partition -> underWay[partition] = new UnderWay());
    }

    /** A failure that is being written down is under way: forgotten, it would be read and sent again before that is done. */
    private void emptyQueue(KeyQueue key) {
        key.waiting.removeIf(Tracked::isIdle);
        key.left = false;
        forgetIfUnused(key);
    }

    /** How many keys wait for another attempt of their first entry. Costs a walk over all keys. */
    int heldBack(long now) {
        return (int) byId.values().stream()
                .filter(tracked -> tracked.state == Tracked.State.WAITING
                        && tracked.key.waiting.peekFirst() == tracked
                        && tracked.key.heldBack(now))
                .count();
    }
}
