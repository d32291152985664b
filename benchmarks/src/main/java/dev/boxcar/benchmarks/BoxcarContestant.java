package dev.boxcar.benchmarks;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxListener;
import dev.boxcar.OutboxSettings;
import dev.boxcar.OutboxWriter;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.jdbc.PostgresListener;
import dev.boxcar.kafka.KafkaPublisher;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Boxcar, at its defaults or tuned, beside the writers or elsewhere. */
final class BoxcarContestant implements Contestant {

    /** How the processor learns of what was committed. */
    enum Wake {
        /** It is in the writers' process, which wakes it after each commit. */
        IN_PROCESS,
        /** It is in another process, and nobody tells it. */
        POLLING,
        /** It is in another process, and PostgreSQL tells it. */
        NOTIFY
    }

    /** No setting at all. */
    static final BoxcarContestant DEFAULT =
            new BoxcarContestant("boxcar-default", "no settings", Wake.IN_PROCESS, OutboxSettings.defaults());

    /** As docs/performance.md says. */
    static final BoxcarContestant TUNED = new BoxcarContestant(
            "boxcar-tuned",
            "batchSize 500, readSize 2,000, maxInFlightEntries 20,000",
            Wake.IN_PROCESS,
            OutboxSettings.builder()
                    .batchSize(500)
                    .readSize(2_000)
                    .maxInFlightEntries(20_000)
                    .build());

    /** A relay that writers in other processes cannot wake, and that looks often enough to be quick. */
    static final BoxcarContestant POLLING = new BoxcarContestant(
            "boxcar-polling",
            "a processor that nobody wakes, minPollInterval 12 ms, processInterval 100 ms",
            Wake.POLLING,
            OutboxSettings.builder()
                    .minPollInterval(Duration.ofMillis(12))
                    .processInterval(Duration.ofMillis(100))
                    .build());

    /** A relay that is told by a trigger of what was committed elsewhere. */
    static final BoxcarContestant NOTIFY = new BoxcarContestant(
            "boxcar-notify",
            "a processor that PostgreSQL notifies, no settings",
            Wake.NOTIFY,
            OutboxSettings.defaults());

    private final String name;
    private final String setup;
    private final Wake wake;
    private final OutboxSettings settings;

    private BoxcarContestant(String name, String setup, Wake wake, OutboxSettings settings) {
        this.name = name;
        this.setup = setup;
        this.wake = wake;
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
        return new Running(place, wake, settings);
    }

    private static final class Running implements Deployment {
        private final Place place;
        private final Probe probe;
        private final KafkaPublisher publisher;
        private final Outbox<Connection> outbox;
        private final OutboxWriter<Connection> writer;
        private final Runnable afterCommit;
        private final LongAdder settled = new LongAdder();

        Running(Place place, Wake wake, OutboxSettings settings) {
            this.place = place;
            this.probe = new Probe(place.dataSource());
            this.publisher = KafkaPublisher.builder()
                    .setting(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, place.kafka())
                    .setting(AckInterceptor.SETTING, AckInterceptor.CLASS)
                    .build();
            JdbcStorage storage = JdbcStorage.builder(probe.dataSource())
                    .createIfMissing(true)
                    .notifying(wake == Wake.NOTIFY)
                    .build();
            Outbox.Builder<Connection> builder = Outbox.<Connection>builder()
                    .storage(storage)
                    .publisher(publisher)
                    .settings(settings)
                    .listener(new OutboxListener() {
                        @Override
                        public void settled(int entries) {
                            settled.add(entries);
                        }
                    });
            if (wake == Wake.NOTIFY) {
                builder.wakeSource(PostgresListener.of(storage, () -> DriverManager.getConnection(place.url())));
            }
            this.outbox = builder.build();
            switch (wake) {
                case IN_PROCESS -> {
                    this.writer = outbox;
                    this.afterCommit = outbox::wakeProcessor;
                }
                case POLLING, NOTIFY -> {
                    this.writer = OutboxWriter.create(storage);
                    this.afterCommit = () -> {};
                }
                default -> throw new IllegalArgumentException(wake.toString());
            }
        }

        @Override
        public void write(Business business, List<Load.Item> items) throws SQLException {
            write(business, place.topic(), items);
        }

        @Override
        public void writeTo(String topic, List<Load.Item> items) throws SQLException {
            write(Business.NONE, topic, items);
        }

        private void write(Business business, String namespace, List<Load.Item> items) throws SQLException {
            try (Connection connection = place.dataSource().getConnection()) {
                connection.setAutoCommit(false);
                business.on(connection);
                writer.inNamespace(namespace)
                        .publish(
                                connection,
                                items.stream()
                                        .map(item -> Message.of(item.key(), item.payload()))
                                        .toList());
                connection.commit();
                connection.setAutoCommit(true);
            }
            afterCommit.run();
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
        public long statements() {
            return probe.statements();
        }

        @Override
        public long looks() {
            return probe.selects();
        }

        @Override
        public long bytesInFlight() {
            return outbox.status().bytesInFlight();
        }

        @Override
        public void close() {
            outbox.close();
            publisher.close();
        }
    }
}
