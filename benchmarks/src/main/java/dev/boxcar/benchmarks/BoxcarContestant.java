package dev.boxcar.benchmarks;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxListener;
import dev.boxcar.OutboxSettings;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.kafka.KafkaPublisher;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Boxcar, at its defaults or tuned. */
final class BoxcarContestant implements Contestant {

    /** No setting at all. */
    static final BoxcarContestant DEFAULT =
            new BoxcarContestant("boxcar-default", "no settings", OutboxSettings.defaults());

    /** As docs/performance.md says. */
    static final BoxcarContestant TUNED = new BoxcarContestant(
            "boxcar-tuned",
            "batchSize 500, readSize 2,000, maxInFlightEntries 20,000",
            OutboxSettings.builder()
                    .batchSize(500)
                    .readSize(2_000)
                    .maxInFlightEntries(20_000)
                    .build());

    private final String name;
    private final String setup;
    private final OutboxSettings settings;

    private BoxcarContestant(String name, String setup, OutboxSettings settings) {
        this.name = name;
        this.setup = setup;
        this.settings = settings;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return "this source";
    }

    @Override
    public String setup() {
        return setup;
    }

    @Override
    public Deployment deploy(Place place) {
        return new Running(place, settings);
    }

    private static final class Running implements Deployment {
        private final Place place;
        private final KafkaPublisher publisher;
        private final Outbox<Connection> outbox;
        private final LongAdder settled = new LongAdder();

        Running(Place place, OutboxSettings settings) {
            this.place = place;
            this.publisher = KafkaPublisher.builder()
                    .setting(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, place.kafka())
                    .build();
            this.outbox = Outbox.<Connection>builder()
                    .storage(JdbcStorage.builder(place.dataSource())
                            .createIfMissing(true)
                            .build())
                    .publisher(publisher)
                    .settings(settings)
                    .listener(new OutboxListener() {
                        @Override
                        public void settled(int entries) {
                            settled.add(entries);
                        }
                    })
                    .build();
        }

        @Override
        public void write(Business business, List<Load.Item> items) throws SQLException {
            try (Connection connection = place.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                business.on(connection);
                outbox.inNamespace(place.topic())
                        .publish(
                                connection,
                                items.stream()
                                        .map(item -> Message.of(item.key(), item.payload()))
                                        .toList());
                connection.commit();
                connection.setAutoCommit(true);
            }
            outbox.wakeProcessor();
        }

        @Override
        public void start() {
            outbox.start();
        }

        @Override
        public long done() {
            return settled.sum();
        }

        @Override
        public void close() {
            outbox.close();
            publisher.close();
        }
    }
}
