package dev.boxcar.rabbitmq;

import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.PendingResults;
import dev.boxcar.PublishResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What was published in one life of a channel and is not confirmed yet, by the numbers that the broker confirms. When the channel
 * dies, this is exactly what nobody knows anything about.
 *
 * <p>A broker that complains about a message closes the channel without saying which message it means. Everything unconfirmed is
 * skipped then, and the next channel is told to be <em>careful</em>: it publishes so many one at a time, and the one that it
 * complains about next is known.
 *
 * <p>Safe for use by several threads.
 */
final class Unconfirmed {

    /** An entry under way. */
    private static final class Item {
        final ClaimedEntry entry;
        final PendingResults results;
        final RabbitMqRoute route;
        boolean returned;

        Item(ClaimedEntry entry, PendingResults results, RabbitMqRoute route) {
            this.entry = entry;
            this.results = results;
            this.route = route;
        }

        PublishResult acknowledged(boolean mayStillStart) {
            if (!returned) {
                return PublishResult.SENT;
            }
            String reason = exchange() + " has no queue for namespace '" + entry.namespace() + "'";
            return mayStillStart
                    ? PublishResult.unavailable("RabbitMQ has come back lately, and " + reason + " yet")
                    : PublishResult.failed("unroutable: " + reason);
        }

        /** The routing key may have been made of the message's key, and is not for logs. */
        private String exchange() {
            return route.exchange().isEmpty() ? "the default exchange" : "exchange '" + route.exchange() + "'";
        }
    }

    private final int most;
    private final long startedBy;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final NavigableMap<Long, Item> items = new TreeMap<>();
    private long last;
    private int careful;
    private boolean ended;
    private long lastSign = System.nanoTime();

    /**
     * Of a new channel.
     *
     * @param most how many messages may be unconfirmed
     * @param careful how many to publish one at a time
     * @param startedBy from when on, in nanoseconds, RabbitMQ has surely started, with all of its queues
     */
    Unconfirmed(int most, int careful, long startedBy) {
        this.most = most;
        this.startedBy = startedBy;
        this.careful = careful;
    }

    /** Waits until one more may be published; false when it may not before that time, or the channel has died. */
    boolean awaitRoom(long deadline) throws InterruptedException {
        lock.lock();
        try {
            while (!ended && items.size() >= (careful > 0 ? 1 : most)) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                changed.awaitNanos(left);
            }
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nothing is unconfirmed, or the channel has died. */
    void awaitNone(Duration longest) throws InterruptedException {
        lock.lock();
        try {
            long left = longest.toNanos();
            while (!ended && !items.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Notes an entry that will now be published. False when the channel has died. */
    boolean add(ClaimedEntry entry, PendingResults results, RabbitMqRoute route) {
        lock.lock();
        try {
            if (!ended) {
                items.put(++last, new Item(entry, results, route));
            }
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    /** The last one was not published: nothing of it has been written, and the broker does not count it. */
    void removeLast() {
        lock.lock();
        try {
            items.remove(last--);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the broker has shown a sign of life since then. */
    boolean aliveSince(long time) {
        lock.lock();
        try {
            return !ended && lastSign - time > 0;
        } finally {
            lock.unlock();
        }
    }

    boolean hasEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    int careful() {
        lock.lock();
        try {
            return careful;
        } finally {
            lock.unlock();
        }
    }

    /** A message that no queue gets comes back before it is confirmed, and without its number. */
    void returned(Return message) {
        lock.lock();
        try {
            items.values().stream()
                    .filter(item -> !item.returned
                            && item.entry
                                    .messageId()
                                    .equals(message.getProperties().getMessageId())
                            && item.route.exchange().equals(message.getExchange())
                            && item.route.routingKey().equals(message.getRoutingKey()))
                    .findFirst()
                    .ifPresent(item -> item.returned = true);
        } finally {
            lock.unlock();
        }
    }

    void acknowledged(long number, boolean andAllBefore) {
        confirmed(number, andAllBefore)
                .forEach(item -> item.results.settle(item.entry, item.acknowledged(System.nanoTime() - startedBy < 0)));
    }

    /** A queue is full, or has failed: nothing that the message could be blamed for. */
    void refused(long number, boolean andAllBefore) {
        PublishResult result = PublishResult.unavailable(
                "RabbitMQ refused a message (basic.nack): a queue is full and rejects, or has failed");
        confirmed(number, andAllBefore).forEach(item -> item.results.settle(item.entry, result));
    }

    private List<Item> confirmed(long number, boolean andAllBefore) {
        lock.lock();
        try {
            NavigableMap<Long, Item> head =
                    andAllBefore ? items.headMap(number, true) : items.subMap(number, true, number, true);
            List<Item> confirmed = new ArrayList<>(head.values());
            head.clear();
            careful = Math.max(0, careful - confirmed.size());
            lastSign = System.nanoTime();
            changed.signalAll();
            return confirmed;
        } finally {
            lock.unlock();
        }
    }

    /** The channel has died: nothing is confirmed any more. */
    void end(ShutdownSignalException cause) {
        List<Item> lost;
        lock.lock();
        try {
            if (ended) {
                return;
            }
            ended = true;
            lost = new ArrayList<>(items.values());
            items.clear();
            if (Complaint.of(cause) != null) {
                careful = lost.size() > 1 ? lost.size() : Math.max(0, careful - lost.size());
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        PublishResult result = result(cause, lost.size());
        lost.forEach(item -> item.results.settle(item.entry, result));
    }

    private static PublishResult result(ShutdownSignalException cause, int lost) {
        PublishResult complaint = Complaint.of(cause);
        if (complaint == null) {
            return PublishResult.unavailable("the connection ended: " + Complaint.text(cause));
        }
        return lost > 1 ? PublishResult.SKIPPED : complaint;
    }
}
