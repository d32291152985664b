package dev.boxcar.benchmarks.peers;

import dev.boxcar.benchmarks.Deployment;
import dev.boxcar.benchmarks.Load;
import dev.boxcar.benchmarks.Place;
import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/** Debezium at work. */
final class DebeziumDeployment implements Deployment {

    private static final String INSERT =
            "insert into outbox (id, aggregatetype, aggregateid, type, payload) values (?, ?, ?, 'placed', ?)";
    private static final String OBJECT_IN_USE = "55006";
    private static final Duration SLOT_PATIENCE = Duration.ofSeconds(30);
    private static final String DELETE = "delete from outbox where id = any (?)";

    private final LongAdder done = new LongAdder();
    private final CountDownLatch polling = new CountDownLatch(1);
    private final String slot = "outbox_" + UUID.randomUUID().toString().replace('-', '_');
    private final Place place;
    private final Path offsets;
    private final Sender sender;
    private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
    private final Thread thread;
    private volatile @Nullable Throwable failure;

    DebeziumDeployment(Place place) throws SQLException, IOException {
        this.place = place;
        this.offsets = Files.createTempFile("debezium-", ".offsets");
        this.sender = new Sender(place.kafka(), place.topic(), 0);
        execute(DebeziumSettings.SCHEMA);
        execute("select pg_create_logical_replication_slot('" + slot + "', 'pgoutput')");
        this.engine = DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
                .using(DebeziumSettings.of(place, slot, offsets))
                .using(new DebeziumEngine.ConnectorCallback() {
                    @Override
                    public void pollingStarted() {
                        polling.countDown();
                    }
                })
                .using((success, message, error) -> {
                    failure = success ? null : error == null ? new IllegalStateException(message) : error;
                    polling.countDown();
                })
                .notifying(this::publish)
                .build();
        this.thread = new Thread(engine, "debezium");
    }

    private void publish(
            List<RecordChangeEvent<SourceRecord>> events,
            DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
            throws InterruptedException {
        List<Future<RecordMetadata>> sent = new ArrayList<>(events.size());
        for (RecordChangeEvent<SourceRecord> event : events) {
            String key = (String) event.record().key();
            sent.add(sender.begin(
                    key.getBytes(StandardCharsets.ISO_8859_1),
                    bytes(event.record().value())));
        }
        Sender.await(sent);
        for (RecordChangeEvent<SourceRecord> event : events) {
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
        done.add(events.size());
    }

    private static byte[] bytes(Object payload) {
        if (payload instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return bytes;
        }
        return (byte[]) payload;
    }

    @Override
    public void write(Business business, List<Load.Item> items) throws SQLException {
        try (Connection connection = place.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            business.on(connection);
            List<UUID> ids = new ArrayList<>(items.size());
            try (PreparedStatement insert = connection.prepareStatement(INSERT);
                    PreparedStatement delete = connection.prepareStatement(DELETE)) {
                for (Load.Item item : items) {
                    UUID id = UUID.randomUUID();
                    ids.add(id);
                    insert.setObject(1, id);
                    insert.setString(2, place.topic());
                    insert.setString(3, new String(item.key(), StandardCharsets.ISO_8859_1));
                    insert.setBytes(4, item.payload());
                    insert.addBatch();
                }
                insert.executeBatch();
                delete.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
                delete.executeUpdate();
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    @Override
    public void start() throws InterruptedException {
        thread.start();
        polling.await();
    }

    @Override
    public long done() {
        if (failure != null) {
            throw new IllegalStateException("the engine has ended", failure);
        }
        return done.sum();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = place.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws Exception {
        if (thread.isAlive()) {
            engine.close();
            thread.join();
        }
        sender.close();
        dropSlot();
        Files.delete(offsets);
    }

    /** A slot that nobody reads keeps the log of the whole server. The server may notice a little later that nobody reads it any more. */
    private void dropSlot() throws SQLException {
        long giveUp = System.nanoTime() + SLOT_PATIENCE.toNanos();
        while (true) {
            try {
                execute("select pg_drop_replication_slot('" + slot + "')");
                return;
            } catch (SQLException e) {
                if (!OBJECT_IN_USE.equals(e.getSQLState()) || System.nanoTime() > giveUp) {
                    throw e;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }
}
