package dev.boxcar.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Messages that are made while others are already on their way, each known by its number, with the times at which it was
 * committed and arrived. Every key belongs to one writer, so that transactions of several writers leave the order of a key
 * defined. Each time is noted by one thread only; whoever reads them waits for that thread first.
 */
final class Flow {

    private final int writers;
    private final int[] keys;
    private final int[] places;
    private final int keyCount;
    private final long[] committedAt;
    private final long[] arrivedAt;
    private final byte[] filler;

    /** The same numbers make the same messages. Message n belongs to writer n modulo {@code writers}. */
    Flow(int messages, int keyCount, int payloadBytes, int writers) {
        Random random = new Random(7);
        this.writers = writers;
        this.keyCount = keyCount;
        this.keys = new int[messages];
        this.places = new int[messages];
        int[] next = new int[keyCount];
        for (int number = 0; number < messages; number++) {
            int key = random.nextInt(keyCount / writers) * writers + number % writers;
            keys[number] = key;
            places[number] = next[key]++;
        }
        this.committedAt = new long[messages];
        this.arrivedAt = new long[messages];
        this.filler = new byte[payloadBytes];
        random.nextBytes(filler);
    }

    int size() {
        return keys.length;
    }

    int writers() {
        return writers;
    }

    int keyCount() {
        return keyCount;
    }

    int key(int number) {
        return keys[number];
    }

    int place(int number) {
        return places[number];
    }

    /** The message with this number. Its stamp holds the number in place of a time. */
    Load.Item item(int number) {
        byte[] payload = filler.clone();
        ByteBuffer.wrap(payload).putInt(keys[number]).putInt(places[number]).putLong(number);
        return new Load.Item(("key-" + keys[number]).getBytes(StandardCharsets.US_ASCII), payload);
    }

    /** The writer of a message was told that it is committed. */
    void committed(int number, long nanos) {
        committedAt[number] = nanos;
    }

    /** A message came for the first time. */
    void arrived(int number, long nanos) {
        arrivedAt[number] = nanos;
    }

    boolean hasArrived(int number) {
        return arrivedAt[number] != 0;
    }

    /** How long these messages took from their commit until a consumer had them. */
    Delays delays(int from, int to) {
        return new Delays(IntStream.range(from, to).mapToLong(number -> arrivedAt[number] - committedAt[number]));
    }

    /** When the last of these messages had come. */
    long lastArrival(int from, int to) {
        return IntStream.range(from, to)
                .mapToLong(number -> arrivedAt[number])
                .max()
                .orElseThrow();
    }

    /** When the first of these messages was committed. */
    long firstCommit(int from, int to) {
        return IntStream.range(from, to)
                .mapToLong(number -> committedAt[number])
                .min()
                .orElseThrow();
    }
}
