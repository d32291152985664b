package dev.boxcar.simulation;

import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.memory.InMemoryTransaction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applications: their transactions overlap, write in several steps, commit in any order, stay open or roll back. Whoever works
 * on a key locks it, as with a row lock, so that the transactions of a key follow one another.
 */
final class Writers {

    static final List<String> NAMESPACES = List.of("a", "b", "c");
    private static final int WRITERS = 3;
    private static final int KEYS = 5;

    private final Life life;
    private final Scheduler time;
    private final Map<String, Integer> committed = new HashMap<>();
    private final Set<String> locked = new HashSet<>();
    private int transactions;
    private int open;

    Writers(Life life) {
        this.life = life;
        this.time = life.time;
    }

    void begin() {
        for (int i = 0; i < WRITERS; i++) {
            time.after(time.upTo(life.plan.writerPause()), this::transact);
        }
    }

    boolean isDone() {
        return open == 0;
    }

    private final class Transaction {
        private final int id = transactions++;
        private final InMemoryTransaction real = life.database.begin();
        private final Map<String, Integer> numbers = new HashMap<>();
        private final List<Fate> fates = new ArrayList<>();

        void write() {
            for (int i = 1 + time.roll(3); i > 0; i--) {
                boolean hot = life.plan.hot() && time.roll(5) > 0;
                String namespace = hot ? "b" : NAMESPACES.get(time.roll(NAMESPACES.size()));
                String key = hot ? "k0" : time.roll(8) == 0 ? null : "k" + time.roll(KEYS);
                String lane = key == null ? null : namespace + "/" + key;
                if (lane == null || numbers.containsKey(lane) || locked.add(lane)) {
                    write(namespace, key, lane);
                }
            }
        }

        private void write(String namespace, @Nullable String key, @Nullable String lane) {
            int number = lane == null ? 0 : 1 + numbers.getOrDefault(lane, committed.getOrDefault(lane, 0));
            if (lane != null) {
                numbers.put(lane, number);
            }
            Fate.Defect defect = life.drawDefect(lane);
            String id = namespace + "/" + key + "#" + number + "@" + this.id + "." + fates.size();
            Fate fate = new Fate(id, namespace, lane, number, defect, 1 + time.roll(2));
            fates.add(fate);
            life.oracle.written(fate);
            life.database.publish(
                    OutboxContext.ofNamespace(namespace),
                    real,
                    List.of(Message.of(
                                    key == null ? null : key.getBytes(StandardCharsets.UTF_8), new byte[time.roll(50)])
                            .withId(id)));
        }

        void end() {
            if (time.roll(5) == 0) {
                real.rollback();
            } else {
                real.commit();
                committed.putAll(numbers);
                fates.forEach(this::commit);
                if (time.roll(3) > 0) {
                    life.wakeSomebody();
                }
            }
            locked.removeAll(numbers.keySet());
            open--;
        }

        private void commit(Fate fate) {
            fate.committedAt = time.now();
            time.note("", "committed", fate.id);
        }
    }

    private void transact() {
        if (!life.isTroubled()) {
            return;
        }
        open++;
        Transaction transaction = new Transaction();
        transaction.write();
        long duration = time.roll(10) == 0 ? time.upTo(2_000) : time.upTo(20);
        if (time.roll(3) == 0) {
            time.after(time.random().nextLong(duration + 1), transaction::write);
        }
        time.after(duration, transaction::end);
        time.after(time.upTo(life.plan.writerPause()), this::transact);
    }
}
