package dev.boxcar.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;

/**
 * Waiting entries in Boxcar's table, made by PostgreSQL itself as fast as it can: columns and stamps as if they had been
 * published one by one, some thousand in each transaction. Message n has the key n modulo the number of keys, scrambled.
 */
final class SqlFill {

    private static final int PAYLOAD_BYTES = 256;
    private static final int PER_TRANSACTION = 20_000;
    private static final int THREADS = 2;

    /** A number without a common factor with any sensible number of keys. */
    private static final int SCRAMBLE = 7_919;

    private static final String FILL = """
            insert into boxcar_outbox (namespace, message_key, payload)
            select ?, convert_to('key-' || key, 'UTF8'), int4send(key) || int4send(place) || int8send(0) || ?
            from (
                select (n * %d %% ?)::int as key, (n / ?)::int as place
                from generate_series(?::bigint, ?) as n
                order by n) made
            where key %% %d = ?
            """.formatted(SCRAMBLE, THREADS);

    private final int messages;
    private final int keyCount;

    /** So many messages of so many keys, each key with the same number of them but for the rest. */
    SqlFill(int messages, int keyCount) {
        this.messages = messages;
        this.keyCount = keyCount;
    }

    int messages() {
        return messages;
    }

    /** How many messages each key has. */
    int[] countsByKey() {
        int[] counts = new int[keyCount];
        Arrays.fill(counts, messages / keyCount);
        for (long n = (long) messages - messages % keyCount; n < messages; n++) {
            counts[(int) (n * SCRAMBLE % keyCount)]++;
        }
        return counts;
    }

    /** Writes all of them. Each key belongs to one of two connections, so that its messages have an order. */
    void fill(DataSource dataSource, String namespace) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                running.add(threads.submit(() -> {
                    fill(dataSource, namespace, thread);
                    return true;
                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void fill(DataSource dataSource, String namespace, int thread) throws SQLException {
        byte[] filler = new byte[PAYLOAD_BYTES - Load.STAMP_BYTES];
        Arrays.fill(filler, (byte) 'x');
        try (Connection connection = dataSource.getConnection();
                PreparedStatement fill = connection.prepareStatement(FILL)) {
            int step = PER_TRANSACTION * THREADS;
            for (int from = 0; from < messages; from += step) {
                fill.setString(1, namespace);
                fill.setBytes(2, filler);
                fill.setInt(3, keyCount);
                fill.setInt(4, keyCount);
                fill.setLong(5, from);
                fill.setLong(6, Math.min(messages, (long) from + step) - 1);
                fill.setInt(7, thread);
                fill.executeUpdate();
            }
        }
    }
}
