package dev.boxcar.benchmarks.peers;

import dev.boxcar.benchmarks.Deployment;
import dev.boxcar.benchmarks.Load;
import dev.boxcar.benchmarks.Place;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The plain algorithm at work: an application that writes, and one processor in a thread of its own. */
final class SeedDeployment implements Deployment {

    private static final String SCHEMA = """
            create table outbox (
              id             bigint generated always as identity primary key,
              namespace      text not null,
              message_key    bytea,
              payload        bytea not null,
              processor_id   text,
              claim_deadline timestamptz);
            create index outbox_claimable on outbox (claim_deadline);
            create index outbox_claimed on outbox (processor_id, id)
            """;

    private static final String INSERT = "insert into outbox (namespace, message_key, payload) values (?, ?, ?)";

    private static final long PROCESS_INTERVAL_SECONDS = 10;

    private final Place place;
    private final Sender sender;
    private final Thread thread = new Thread(this::process, "seed-algorithm");
    private final Semaphore wake = new Semaphore(0);
    private volatile boolean closed;
    private final LongAdder done = new LongAdder();
    private volatile @Nullable Exception failure;

    SeedDeployment(Place place) throws SQLException {
        this.place = place;
        try (Connection connection = place.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(SCHEMA);
        }
        this.sender = new Sender(place.kafka(), place.topic(), 0);
    }

    @Override
    public void write(Business business, List<Load.Item> items) throws SQLException {
        try (Connection connection = place.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            business.on(connection);
            try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                for (Load.Item item : items) {
                    insert.setString(1, place.topic());
                    insert.setBytes(2, item.key());
                    insert.setBytes(3, item.payload());
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            connection.commit();
            connection.setAutoCommit(true);
        }
        wake.release();
    }

    @Override
    public void start() {
        thread.start();
    }

    private void process() {
        try (Connection connection = place.dataSource().getConnection();
                SeedProcessor processor = new SeedProcessor(connection, sender)) {
            while (!closed) {
                wake.drainPermits();
                processor.claim();
                for (int n = processor.publishSome(); n > 0 && !closed; n = processor.publishSome()) {
                    done.add(n);
                }
                if (!closed) {
                    wake.tryAcquire(PROCESS_INTERVAL_SECONDS, TimeUnit.SECONDS);
                }
            }
        } catch (SQLException | InterruptedException | RuntimeException e) {
            failure = e;
        }
    }

    @Override
    public long done() {
        if (failure != null) {
            throw new IllegalStateException("the processor has ended", failure);
        }
        return done.sum();
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        wake.release();
        thread.join();
        sender.close();
    }
}
