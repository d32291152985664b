package dev.boxcar.benchmarks.peers;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.RecordMetadata;

/** What the plain algorithm does with the database and the broker. Not for several threads. */
final class SeedProcessor implements AutoCloseable {

    private static final Duration CLAIM_DURATION = Duration.ofSeconds(2);
    private static final int BATCH_SIZE = 20;

    private static final String CLAIM = """
            update outbox set processor_id = ?, claim_deadline = ?
            where claim_deadline is null or claim_deadline < ?
            """;

    private static final String GET =
            "select id, message_key, payload from outbox where processor_id = ? order by id limit " + BATCH_SIZE;

    private static final String DELETE = "delete from outbox where id = any (?)";

    private final String id = UUID.randomUUID().toString();
    private final Connection connection;
    private final Sender sender;
    private final PreparedStatement claim;
    private final PreparedStatement get;
    private final PreparedStatement delete;
    private Instant deadline = Instant.MIN;

    /** Neither closes the connection nor the sender. */
    SeedProcessor(Connection connection, Sender sender) throws SQLException {
        this.connection = connection;
        this.sender = sender;
        this.claim = connection.prepareStatement(CLAIM);
        this.get = connection.prepareStatement(GET);
        this.delete = connection.prepareStatement(DELETE);
        get.setString(1, id);
    }

    /** Claims all that nobody holds. */
    void claim() throws SQLException {
        Instant now = Instant.now();
        deadline = now.plus(CLAIM_DURATION);
        claim.setString(1, id);
        claim.setTimestamp(2, Timestamp.from(deadline));
        claim.setTimestamp(3, Timestamp.from(now));
        claim.executeUpdate();
    }

    /** Publishes and deletes some claimed entries; returns how many. */
    int publishSome() throws SQLException {
        if (Instant.now().isAfter(deadline)) {
            claim();
        }
        List<Long> ids = new ArrayList<>(BATCH_SIZE);
        List<Future<RecordMetadata>> sent = new ArrayList<>(BATCH_SIZE);
        try (ResultSet entries = get.executeQuery()) {
            while (entries.next()) {
                ids.add(entries.getLong(1));
                sent.add(sender.begin(entries.getBytes(2), entries.getBytes(3)));
            }
        }
        if (!ids.isEmpty()) {
            Sender.await(sent);
            delete.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            delete.executeUpdate();
        }
        return ids.size();
    }

    @Override
    public void close() throws SQLException {
        claim.close();
        get.close();
        delete.close();
    }
}
