package dev.boxcar.benchmarks.peers;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.benchmarks.Deployment;
import dev.boxcar.benchmarks.Load;
import dev.boxcar.benchmarks.Place;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import javax.sql.DataSource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;
import org.springframework.core.task.TaskDecorator;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.EventExternalized;
import org.springframework.modulith.events.IncompleteEventPublications;
import org.springframework.modulith.events.RoutingTarget;

/** Spring Modulith at work. What is written before the start is left as by a process that died right after its commits. */
final class ModulithDeployment implements Deployment {

    /** What is published, and stored as JSON. */
    @SuppressWarnings("ArrayRecordComponent") // moved, never compared
    record Event(String key, byte[] payload) {}

    /** Hears of each completed publication. */
    record Completions(LongAdder done) {
        @EventListener
        void completed(EventExternalized<?, ?> event) {
            done.increment();
        }
    }

    private final LongAdder done = new LongAdder();
    private final HikariDataSource pool;
    private final ConfigurableApplicationContext application;
    private final SpringTransactions transactions;
    private final Thread resubmission;
    private volatile boolean started;

    ModulithDeployment(Place place) {
        this.pool = Pools.of(place, ModulithContestant.THREADS + SpringApplications.WRITERS);
        DataSource watched = place.watch().apply(pool);
        this.application = SpringApplications.run(watched, properties(place), context -> {
            context.registerBean(EventExternalizationConfiguration.class, () -> routing(place.topic()));
            context.registerBean(TaskDecorator.class, () -> task -> started ? task : () -> {});
            context.registerBean(Completions.class, () -> new Completions(done));
        });
        this.transactions = new SpringTransactions(application, watched);
        this.resubmission = new Thread(this::resubmit, "modulith");
    }

    private static Map<String, Object> properties(Place place) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "namastack.outbox.enabled",
                false,
                "spring.modulith.events.jdbc.schema-initialization.enabled",
                true,
                "spring.modulith.events.completion-mode",
                "delete",
                "spring.modulith.events.kafka.enable-json",
                false,
                "spring.task.execution.pool.core-size",
                ModulithContestant.THREADS,
                "spring.kafka.bootstrap-servers",
                place.kafka(),
                "spring.kafka.producer.key-serializer",
                StringSerializer.class.getName(),
                "spring.kafka.producer.value-serializer",
                ByteArraySerializer.class.getName()));
        Sender.settings(place.kafka(), 1)
                .forEach((name, value) -> properties.put("spring.kafka.producer.properties[" + name + "]", value));
        return properties;
    }

    private static EventExternalizationConfiguration routing(String topic) {
        return EventExternalizationConfiguration.externalizing()
                .select(Event.class::isInstance)
                .route(Event.class, event -> RoutingTarget.forTarget(topic).andKey(event.key()))
                .mapping(Event.class, Event::payload)
                .build();
    }

    @Override
    public void write(Business business, List<Load.Item> items) throws SQLException {
        transactions.run(business, () -> {
            for (Load.Item item : items) {
                application.publishEvent(
                        new Event(new String(item.key(), StandardCharsets.ISO_8859_1), item.payload()));
            }
        });
    }

    /** What was left before the start; the rest is on its way already. */
    private void resubmit() {
        Instant start = Instant.now();
        application
                .getBean(IncompleteEventPublications.class)
                .resubmitIncompletePublications(
                        publication -> publication.getPublicationDate().isBefore(start));
    }

    @Override
    public void start() {
        started = true;
        resubmission.start();
    }

    @Override
    public long done() {
        return done.sum();
    }

    @Override
    public void close() throws InterruptedException {
        resubmission.join();
        application.close();
        pool.close();
    }
}
