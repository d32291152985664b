package dev.boxcar.relay;

import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code boxcar publish}. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        versionProvider = Version.class,
        description = {"Writes one message to an outbox, in a transaction of its own. A relay publishes it.", ""})
final class PublishCommand implements Callable<Integer> {

    private final Io io;

    @Mixin
    private DatabaseOptions databaseOptions = new DatabaseOptions();

    @Mixin
    private CreateSchemaOption createSchema = new CreateSchemaOption();

    @Option(names = "--key", paramLabel = "TEXT", description = "The ordering key; without it, order does not matter.")
    private @Nullable String key;

    @Option(names = "--payload", paramLabel = "TEXT", description = "The content; without it, all of standard input.")
    private @Nullable String payload;

    @Option(names = "--namespace", paramLabel = "NAME", description = "The namespace, which becomes the topic.")
    private String namespace = "";

    @Option(names = "--header", paramLabel = "NAME=VALUE", description = "A header; may be given several times.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(names = "--type", paramLabel = "NAME", description = "A logical type name such as order.placed.v1.")
    private @Nullable String type;

    @Option(names = "--id", paramLabel = "TEXT", description = "A stable id, by which consumers drop duplicates.")
    private @Nullable String id;

    PublishCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException, SQLException {
        Message message = message();
        OutboxContext context = OutboxContext.ofNamespace(namespace);
        boolean create = createSchema.create || databaseOptions.embedded();
        try (OpenStorage database = OpenStorage.open(databaseOptions, create, StatusCommand.PATIENCE, io)) {
            database.prepare();
            try (Connection connection = database.pool().getConnection()) {
                connection.setAutoCommit(false);
                OutboxWriter.create(database.storage()).publish(context, connection, message);
                connection.commit();
            }
        }
        return ExitCode.OK;
    }

    private Message message() throws IOException {
        Message message = Message.of(key, content()).withHeaders(headers);
        message = type == null ? message : message.withType(type);
        return id == null ? message : message.withId(id);
    }

    private byte[] content() throws IOException {
        String text = payload;
        return text != null ? utf8(text) : io.in().readAllBytes();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
