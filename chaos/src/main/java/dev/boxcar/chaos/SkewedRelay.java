package dev.boxcar.chaos;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxClock;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.kafka.KafkaPublisher;
import java.io.IOException;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * A relay on a machine whose clock is wrong: what {@code boxcar relay} is made of, with a clock that shows another time of day. Ends
 * as it does, with its standard input or by a signal; understands the options that it needs and no others.
 */
public final class SkewedRelay {

    private static final int POOL_SIZE = 4;

    private SkewedRelay() {}

    /** Runs it. */
    public static void main(String[] arguments) throws IOException {
        System.setProperty("logback.configurationFile", "dev/boxcar/relay/logback.xml");
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i++) {
            if (arguments[i].startsWith("--")) {
                options.put(arguments[i], arguments[i + 1]);
            }
        }
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(required(options, "--url"));
        config.setMaximumPoolSize(POOL_SIZE);
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(3_000);
        Duration claimDuration = RelayFleet.CLAIM_DURATION;
        KafkaPublisher.Builder kafka = KafkaPublisher.builder()
                .setting("bootstrap.servers", required(options, "--kafka"))
                .publishTimeout(claimDuration.dividedBy(2));
        String prefix = options.get("--kafka-transactional-id-prefix");
        if (prefix != null) {
            kafka.transactional(prefix);
        }
        try (HikariDataSource pool = new HikariDataSource(config);
                KafkaPublisher publisher = kafka.build();
                Outbox<Connection> outbox = Outbox.<Connection>builder()
                        .storage(JdbcStorage.create(pool))
                        .publisher(publisher)
                        .processorId(required(options, "--processor-id"))
                        .clock(new Ahead(Duration.ofMillis(Long.parseLong(required(options, "--clock-ahead")))))
                        .settings(settings -> settings.claimDuration(claimDuration)
                                .processInterval(Duration.ofMillis(500))
                                .maxInFlightEntries(RelayFleet.IN_FLIGHT))
                        .build()) {
            Runtime.getRuntime().addShutdownHook(new Thread(outbox::close, "skewed-relay-end"));
            outbox.start();
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        }
    }

    private static String required(Map<String, String> options, String name) {
        String value = options.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return value;
    }

    private record Ahead(Duration by) implements OutboxClock {

        @Override
        public Instant now() {
            return Instant.now().plus(by);
        }

        @Override
        public long nanoTime() {
            return System.nanoTime() + by.toNanos();
        }

        @Override
        public void parkUntil(long deadline) {
            OutboxClock.system().parkUntil(deadline - by.toNanos());
        }
    }
}
