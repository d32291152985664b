package dev.boxcar.kafka;

import dev.boxcar.ClaimedEntry;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much may be under way in a client. A batch that the client cannot send within its time expires, and may arrive all the same;
 * so a client is never handed more than it has shown to manage: little at first, twice as much with each round that is acknowledged
 * quickly, half when acknowledgements are slow. What has no room waits in the publisher, where nothing of it can arrive.
 *
 * <p>Room is counted in bytes, with something added for each record, and more for the first ones of a topic: brokers need
 * longer for these.
 *
 * <p>One thread takes room, another one, the client's, gives it back.
 */
final class Window {

    /** The room of a client that has not shown anything yet, and the least. */
    static final long SMALLEST = 1024 * 1024;

    private static final int PER_RECORD = 512;
    private static final int PER_RECORD_OF_NEW_TOPIC = 32 * 1024;

    private final long most;
    private final long quickNanos;
    private final long slowNanos;
    private final AtomicLong taken = new AtomicLong();

    private volatile long room;
    private volatile long shrunkAt;
    private volatile long answeredAt;

    /** The smallest window, which grows to {@code most} bytes. */
    Window(ProducerSettings.Timing timing, long most) {
        this.most = most;
        this.room = Math.min(SMALLEST, most);
        this.quickNanos = TimeUnit.MILLISECONDS.toNanos(timing.deliveryMillis()) / 4;
        this.slowNanos = TimeUnit.MILLISECONDS.toNanos(timing.deliveryMillis()) / 2;
        this.shrunkAt = System.nanoTime();
        this.answeredAt = shrunkAt - slowNanos;
    }

    /** What an entry takes. */
    static long cost(ClaimedEntry entry, boolean newTopic) {
        byte[] key = entry.key();
        return (long) entry.payload().length
                + (key == null ? 0 : key.length)
                + (newTopic ? PER_RECORD_OF_NEW_TOPIC : PER_RECORD);
    }

    long room() {
        return room;
    }

    /** Takes room if there is enough; one record has room always. */
    boolean take(long cost) {
        long before = taken.get();
        if (before > 0 && before + cost > room) {
            return false;
        }
        taken.addAndGet(cost);
        return true;
    }

    /** Gives room back that was taken for something which did not come through. */
    void giveBack(long cost) {
        taken.addAndGet(-cost);
    }

    /** Gives room back that was taken at some time for something which is acknowledged now. */
    void acknowledged(long cost, long takenAt, long now) {
        long before = taken.getAndAdd(-cost);
        answeredAt = now;
        long took = now - takenAt;
        if (took < quickNanos) {
            // Only if it is used: otherwise nothing was shown.
            if (before > room / 2) {
                room = Math.min(most, room + cost);
            }
        } else if (took > slowNanos && takenAt - shrunkAt > 0) {
            room = Math.max(Math.min(SMALLEST, most), Math.min(room, before) / 2);
            shrunkAt = now; // what is under way already tells nothing about the new size
        }
    }

    /** A broker has answered something. */
    void answered(long now) {
        answeredAt = now;
    }

    /** Whether brokers have answered lately: what gets no answer then is not held up by all of Kafka. */
    boolean answers(long now) {
        return now - answeredAt < slowNanos;
    }
}
