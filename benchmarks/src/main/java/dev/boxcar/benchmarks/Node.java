package dev.boxcar.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxListener;
import dev.boxcar.OutboxSettings;
import dev.boxcar.Publisher;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.kafka.KafkaPublisher;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.ProducerConfig;

/** A Boxcar processor with connections of its own, as if it were alone in its process. */
final class Node implements AutoCloseable {

    private static final int CONNECTIONS = 4;

    private final HikariDataSource dataSource;
    private final Outbox<Connection> outbox;
    private final List<? extends AutoCloseable> owned;
    private final LongAdder settled = new LongAdder();

    /** @param owned what is to be closed after the processor */
    Node(String url, OutboxSettings settings, Publisher publisher, List<? extends AutoCloseable> owned) {
        this.dataSource = Bench.pool(url, CONNECTIONS);
        this.owned = owned;
        this.outbox = Outbox.<Connection>builder()
                .storage(JdbcStorage.builder(dataSource).createIfMissing(true).build())
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

    /** One that sends to Kafka. */
    static Node toKafka(String url, OutboxSettings settings, String kafka) {
        KafkaPublisher publisher = kafka(kafka);
        return new Node(url, settings, publisher, List.of(publisher));
    }

    static KafkaPublisher kafka(String bootstrapServers) {
        return KafkaPublisher.builder()
                .setting(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers)
                .build();
    }

    Node start() {
        outbox.start();
        return this;
    }

    Outbox<Connection> outbox() {
        return outbox;
    }

    /** How many entries it has sent and deleted. */
    long settled() {
        return settled.sum();
    }

    /** How many partitions it holds. */
    int claims() {
        return outbox.status().claims();
    }

    /** Writes messages in a transaction of their own and wakes the processor. */
    void write(String namespace, List<Load.Item> items) throws SQLException {
        write(dataSource, namespace, items);
        outbox.wakeProcessor();
    }

    /** The same on somebody else's connection; nobody is woken. */
    void write(HikariDataSource connections, String namespace, List<Load.Item> items) throws SQLException {
        try (Connection connection = connections.getConnection()) {
            connection.setAutoCommit(false);
            outbox.inNamespace(namespace)
                    .publish(
                            connection,
                            items.stream()
                                    .map(item -> Message.of(item.key(), item.payload()))
                                    .toList());
            connection.commit();
            connection.setAutoCommit(true);
        }
    }

    /** Gives everything back. */
    @Override
    public void close() throws Exception {
        outbox.close();
        for (AutoCloseable each : owned) {
            each.close();
        }
        dataSource.close();
    }
}
