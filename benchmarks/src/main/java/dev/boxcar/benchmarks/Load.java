package dev.boxcar.benchmarks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.List;
import java.util.Random;

/**
 * The messages of a run, each known by its number: keys at random, and for each key a sequence that tells, where it arrives,
 * whether anything is missing, double or out of order.
 */
public final class Load {

    /** What a payload begins with: key, place in the key's sequence, and the time at which it was made. */
    static final int STAMP_BYTES = 4 + 4 + 8;

    /**
     * One message.
     *
     * @param key the ordering key
     * @param payload begins with the stamp
     */
    @SuppressWarnings("ArrayRecordComponent") // moved, never compared
    public record Item(byte[] key, byte[] payload) {}

    private final int[] keys;
    private final int[] places;
    private final int keyCount;
    private final byte[] filler;

    /** The same numbers make the same messages. */
    Load(int messages, int keyCount, int payloadBytes) {
        if (payloadBytes < STAMP_BYTES) {
            throw new IllegalArgumentException("payloads of " + payloadBytes + " bytes do not hold the stamp of "
                    + STAMP_BYTES + " bytes that tells whether they arrived");
        }
        Random random = new Random(42);
        this.keyCount = keyCount;
        this.keys = random.ints(messages, 0, keyCount).toArray();
        this.places = new int[messages];
        int[] next = new int[keyCount];
        for (int i = 0; i < messages; i++) {
            places[i] = next[keys[i]]++;
        }
        this.filler = new byte[payloadBytes];
        random.nextBytes(filler);
    }

    int size() {
        return keys.length;
    }

    int keyCount() {
        return keyCount;
    }

    int payloadBytes() {
        return filler.length;
    }

    /** The number of a message's key. */
    int key(int number) {
        return keys[number];
    }

    /** The messages of each key, in the key's order. */
    int[][] numbersByKey() {
        int[] counts = countsByKey();
        int[][] numbers = new int[keyCount][];
        for (int key = 0; key < keyCount; key++) {
            numbers[key] = new int[counts[key]];
        }
        for (int number = 0; number < keys.length; number++) {
            numbers[keys[number]][places[number]] = number;
        }
        return numbers;
    }

    /** How many messages a key has. */
    int[] countsByKey() {
        int[] counts = new int[keyCount];
        for (int key : keys) {
            counts[key]++;
        }
        return counts;
    }

    /** The message with this number, made now. */
    Item item(int number) {
        byte[] payload = filler.clone();
        ByteBuffer.wrap(payload).putInt(keys[number]).putInt(places[number]).putLong(System.nanoTime());
        return new Item(("key-" + keys[number]).getBytes(StandardCharsets.US_ASCII), payload);
    }

    /** A view of some messages. */
    List<Item> items(int from, int to) {
        return new AbstractList<>() {
            @Override
            public Item get(int index) {
                return item(from + index);
            }

            @Override
            public int size() {
                return to - from;
            }
        };
    }
}
