package dev.boxcar.benchmarks;

import dev.boxcar.benchmarks.AckInterceptor.Ack;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** When each message of a load was first acknowledged. */
final class AckTimes implements AutoCloseable {

    /** How long the acknowledgement of a message that has arrived may be on its way. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

    private final Topic topic;
    private final Queue<Ack> acks;

    /** Begins to look at the acknowledgements of an empty topic. */
    AckTimes(Topic topic) {
        this.topic = topic;
        this.acks = AckInterceptor.watch(topic.name());
    }

    /** Until so many messages have arrived and been acknowledged. */
    void await(Deployment deployment, int messages) throws TimeoutException {
        Drain.awaitDone(deployment, topic, messages);
        long giveUp = System.nanoTime() + PATIENCE;
        while (acks.size() < messages) {
            if (System.nanoTime() > giveUp) {
                throw new IllegalStateException(messages + " messages have arrived, and " + acks.size()
                        + " were acknowledged: do the contestant's producers have the interceptor?");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }

    /** The times by number of message, as {@link System#nanoTime()} tells them, once all have been acknowledged. */
    long[] byNumber(Load load) {
        Map<Long, Long> byPlace = new HashMap<>();
        acks.forEach(ack -> byPlace.merge(place(ack.partition(), ack.offset()), ack.time(), Math::min));
        int[][] numbers = load.numbersByKey();
        Map<Integer, Long> byNumber = new HashMap<>();
        topic.read(message -> {
            Long time = byPlace.get(place(message.partition(), message.offset()));
            if (time != null) {
                ByteBuffer stamp = ByteBuffer.wrap(message.value());
                byNumber.merge(numbers[stamp.getInt()][stamp.getInt()], time, Math::min);
            }
        });
        if (byNumber.size() < load.size()) {
            throw new IllegalStateException(
                    "only " + byNumber.size() + " of " + load.size() + " messages were acknowledged");
        }
        long[] times = new long[load.size()];
        byNumber.forEach((number, time) -> times[number] = time);
        return times;
    }

    private static long place(int partition, long offset) {
        return ((long) partition << 48) | offset;
    }

    @Override
    public void close() {
        AckInterceptor.forget(topic.name());
    }
}
