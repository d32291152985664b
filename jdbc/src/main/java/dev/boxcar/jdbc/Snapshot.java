package dev.boxcar.jdbc;

import java.util.Arrays;

/**
 * A snapshot of PostgreSQL: everything below {@code xmin} has ended, nothing from {@code xmax} on is visible, and of what
 * lies between, {@code open} was still open.
 *
 * @param text its text form, {@code xmin:xmax:open,open,…}
 */
record Snapshot(String text, long xmin, long xmax, long[] open) {

    static Snapshot parse(String text) {
        String[] parts = text.split(":", -1);
        long[] open = parts[2].isEmpty()
                ? new long[0]
                : Arrays.stream(parts[2].split(",", -1))
                        .mapToLong(Long::parseLong)
                        .toArray();
        return new Snapshot(text, Long.parseLong(parts[0]), Long.parseLong(parts[1]), open);
    }

    /**
     * Whether this one was taken before the other one, or sees the same. Snapshots of one server form a chain: each sees what
     * the one before it saw.
     */
    boolean notAfter(Snapshot other) {
        return xmax < other.xmax || (xmax == other.xmax && open.length >= other.open.length);
    }

    /** The open transactions as PostgreSQL writes an array. */
    String openAsArray() {
        return Arrays.toString(open).replace('[', '{').replace(']', '}').replace(" ", "");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Snapshot that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
