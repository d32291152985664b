package dev.boxcar.benchmarks.peers;

import dev.boxcar.benchmarks.Place;
import java.net.URI;
import java.nio.file.Path;
import java.util.Properties;

/** The table of Debezium's outbox, and how its engine is set up. */
final class DebeziumSettings {

    /** The table as the event router's documentation has it, for a payload of bytes; nobody needs to hear of the deletes. */
    static final String SCHEMA = """
            create table outbox (
              id            uuid primary key,
              aggregatetype varchar(255) not null,
              aggregateid   varchar(255) not null,
              type          varchar(255) not null,
              payload       bytea);
            create publication outbox for table outbox with (publish = 'insert')
            """;

    private DebeziumSettings() {}

    static Properties of(Place place, String slot, Path offsets) {
        URI server = URI.create(place.url().substring("jdbc:".length()));
        Properties settings = new Properties();
        settings.setProperty("name", slot);
        settings.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
        settings.setProperty("topic.prefix", "outbox");
        settings.setProperty("database.hostname", server.getHost());
        settings.setProperty("database.port", String.valueOf(server.getPort()));
        settings.setProperty("database.dbname", server.getPath().substring(1));
        settings.setProperty("database.user", parameter(server, "user", "postgres"));
        settings.setProperty("database.password", parameter(server, "password", ""));
        settings.setProperty("table.include.list", "public.outbox");
        settings.setProperty("plugin.name", "pgoutput");
        settings.setProperty("slot.name", slot);
        settings.setProperty("publication.name", "outbox");
        settings.setProperty("publication.autocreate.mode", "disabled");
        // The slot is older than the first message.
        settings.setProperty("snapshot.mode", "no_data");
        settings.setProperty("offset.storage", "org.apache.kafka.connect.storage.FileOffsetBackingStore");
        settings.setProperty("offset.storage.file.filename", offsets.toString());
        settings.setProperty("offset.flush.interval.ms", "1000");
        // It waits so long for a batch to become full.
        settings.setProperty("poll.interval.ms", "5");
        settings.setProperty("tombstones.on.delete", "false");
        settings.setProperty("transforms", "outbox");
        settings.setProperty("transforms.outbox.type", "io.debezium.transforms.outbox.EventRouter");
        settings.setProperty("transforms.outbox.route.topic.replacement", "${routedByValue}");
        return settings;
    }

    private static String parameter(URI server, String name, String otherwise) {
        for (String parameter : String.valueOf(server.getQuery()).split("&", -1)) {
            if (parameter.startsWith(name + "=")) {
                return parameter.substring(name.length() + 1);
            }
        }
        return otherwise;
    }
}
