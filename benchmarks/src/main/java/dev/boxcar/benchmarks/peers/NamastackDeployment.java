package dev.boxcar.benchmarks.peers;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.benchmarks.Deployment;
import dev.boxcar.benchmarks.Load;
import dev.boxcar.benchmarks.Place;
import io.namastack.outbox.Outbox;
import io.namastack.outbox.OutboxProcessingScheduler;
import io.namastack.outbox.handler.OutboxRecordMetadata;
import io.namastack.outbox.handler.OutboxTypedHandler;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** namastack at work: the application runs from the beginning, its scheduler from the start on. */
final class NamastackDeployment implements Deployment {

    /** What is stored, as JSON. */
    @SuppressWarnings("ArrayRecordComponent") // moved, never compared
    record Event(byte[] payload) {}

    /** Done with a record when Kafka is. */
    record Handler(Sender sender, LongAdder handled) implements OutboxTypedHandler<Event> {
        @Override
        public void handle(Event event, OutboxRecordMetadata metadata) {
            sender.send(metadata.getKey().getBytes(StandardCharsets.ISO_8859_1), event.payload());
            handled.increment();
        }
    }

    private final LongAdder written = new LongAdder();
    private final LongAdder handled = new LongAdder();
    private final Sender sender;
    private final HikariDataSource pool;
    private final ConfigurableApplicationContext application;
    private final Outbox outbox;
    private final OutboxProcessingScheduler scheduler;
    private final SpringTransactions transactions;

    NamastackDeployment(Place place) {
        this.sender = new Sender(place.kafka(), place.topic(), 1);
        this.pool = Pools.of(place, NamastackContestant.THREADS + SpringApplications.WRITERS);
        DataSource watched = place.watch().apply(pool);
        this.application = SpringApplications.run(
                watched,
                Map.of(
                        "spring.autoconfigure.exclude",
                        SpringApplications.MODULITH,
                        "namastack.outbox.jdbc.schema-initialization.enabled",
                        true,
                        "namastack.outbox.polling.batch-size",
                        NamastackContestant.BATCH_SIZE,
                        "namastack.outbox.polling.fixed.interval",
                        "10ms",
                        "namastack.outbox.processing.delete-completed-records",
                        true,
                        "namastack.outbox.processing.executor-core-pool-size",
                        NamastackContestant.THREADS,
                        "namastack.outbox.processing.executor-max-pool-size",
                        NamastackContestant.THREADS),
                context -> context.registerBean(Handler.class, () -> new Handler(sender, handled)));
        this.outbox = application.getBean(Outbox.class);
        this.scheduler = application.getBean(OutboxProcessingScheduler.class);
        this.transactions = new SpringTransactions(application, watched);
        scheduler.stop();
    }

    @Override
    public void write(Business business, List<Load.Item> items) throws SQLException {
        transactions.run(business, () -> {
            for (Load.Item item : items) {
                outbox.schedule(new Event(item.payload()), new String(item.key(), StandardCharsets.ISO_8859_1));
            }
        });
        written.add(items.size());
    }

    @Override
    public void start() {
        scheduler.start();
    }

    /** Handled is not yet deleted; but asking the database all the time would cost what is to be measured. */
    @Override
    public long done() {
        long all = written.sum();
        if (handled.sum() < all) {
            return handled.sum();
        }
        Long left = new JdbcTemplate(pool).queryForObject("select count(*) from outbox_record", Long.class);
        return left == null ? 0 : all - left;
    }

    @Override
    public void close() {
        application.close();
        pool.close();
        sender.close();
    }
}
