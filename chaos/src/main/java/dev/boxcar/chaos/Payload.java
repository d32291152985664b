package dev.boxcar.chaos;

import dev.boxcar.chaos.Journal.Entry;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What a message says: which one it is, and when it was written.
 *
 * @param entry which one
 * @param writtenAt {@link System#nanoTime()} of this process, just before its transaction was committed or earlier
 */
record Payload(Entry entry, long writtenAt) {

    private static final int MAGIC = 0x0b0ca5;
    private static final int BYTES = 20;

    /** As bytes, followed by a filling. */
    byte[] bytes(int filling) {
        byte[] bytes = new byte[BYTES + filling];
        ByteBuffer.wrap(bytes)
                .putInt(MAGIC)
                .putInt(entry.key())
                .putInt(entry.place())
                .putLong(writtenAt);
        for (int i = BYTES; i < bytes.length; i++) {
            bytes[i] = (byte) (entry.place() * 31 + i);
        }
        return bytes;
    }

    /** @throws IllegalStateException when it is not one of ours, or not as it was written */
    static Payload of(byte[] bytes) {
        return parse(bytes)
                .orElseThrow(() -> new IllegalStateException("a message arrived that nobody has written so"));
    }

    /** Empty when it is not one of ours, or not as it was written. */
    static Optional<Payload> parse(byte[] bytes) {
        if (bytes.length < BYTES) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt() != MAGIC) {
            return Optional.empty();
        }
        Entry entry = new Entry(in.getInt(), in.getInt());
        long writtenAt = in.getLong();
        for (int i = BYTES; i < bytes.length; i++) {
            if (bytes[i] != (byte) (entry.place() * 31 + i)) {
                return Optional.empty();
            }
        }
        return Optional.of(new Payload(entry, writtenAt));
    }
}
