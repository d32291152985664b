package dev.boxcar.jdbc;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.OutboxContext;
import dev.boxcar.spi.StoredEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes entries of rows. Whatever another writer put into a row, it becomes an entry, if need be one with a defect: a row
 * that could not be read would stop everything behind it.
 *
 * <p>One for the rows of one result: entries of one namespace that follow one another share its context. For one thread.
 */
final class EntryRows {

    /** No processor postpones for so long: such a time is a mistake of another writer, and the entry is due. */
    private static final long ABSURD_DELAY_MILLIS = Duration.ofDays(31).toMillis();

    private OutboxContext context = OutboxContext.DEFAULT;

    /**
     * The entry in the columns from {@code first} on: id, namespace, key, payload, headers, type, message id, time of creation in
     * microseconds, attempts, partition, delay in milliseconds.
     */
    StoredEntry read(ResultSet row, int first) throws SQLException {
        return read(row, first, row.getBytes(first + 3));
    }

    /** The same with a payload that was taken from the row already. */
    StoredEntry read(ResultSet row, int first, byte[] payload) throws SQLException {
        Parsed parsed = parse(row, first, payload, 1);
        long delay = row.getLong(first + 10);
        boolean due = delay < 0 || delay > ABSURD_DELAY_MILLIS;
        return new StoredEntry(parsed.entry, row.getInt(first + 9), due ? 0 : delay, parsed.defect);
    }

    /** The same from the dead letters, whose attempts are those used up; the columns end with them. */
    ClaimedEntry readDead(ResultSet row, int first) throws SQLException {
        return parse(row, first, row.getBytes(first + 3), 0).entry;
    }

    private record Parsed(ClaimedEntry entry, @Nullable String defect) {}

    private Parsed parse(ResultSet row, int first, byte[] payload, int nextAttempt) throws SQLException {
        long id = row.getLong(first);
        String namespace = row.getString(first + 1);
        long createdMicros = row.getLong(first + 7);
        String messageId = row.getString(first + 6);
        String defect = null;
        try {
            if (!namespace.equals(context.namespace())) {
                context = OutboxContext.ofNamespace(namespace);
            }
        } catch (IllegalArgumentException e) {
            context = OutboxContext.ofNamespace(legal(namespace));
            defect = "its " + e.getMessage();
        }
        Map<String, String> headers = Map.of();
        try {
            headers = Headers.read(row.getString(first + 4));
        } catch (Headers.MalformedException e) {
            defect = e.getMessage();
        }
        ClaimedEntry entry = new ClaimedEntry(
                id,
                context,
                messageId == null ? MessageIds.derived(createdMicros, id) : messageId,
                row.getBytes(first + 2),
                payload,
                headers,
                row.getString(first + 5),
                Math.min(Math.max(0, row.getInt(first + 8)), Integer.MAX_VALUE - 1) + nextAttempt,
                instant(createdMicros));
        return new Parsed(entry, defect);
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L);
    }

    /** A legal namespace that resembles this one, only to show such an entry to people. */
    private static String legal(String namespace) {
        StringBuilder legal = new StringBuilder();
        for (int character : namespace.codePoints().toArray()) {
            boolean half = character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
            int shown = half || Character.isISOControl(character) ? 0xfffd : character;
            if (legal.length() + Character.charCount(shown) > OutboxContext.MAX_NAMESPACE_LENGTH) {
                break;
            }
            legal.appendCodePoint(shown);
        }
        return legal.toString();
    }
}
