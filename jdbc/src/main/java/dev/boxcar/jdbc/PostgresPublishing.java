package dev.boxcar.jdbc;

import dev.boxcar.Message;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Hands a batch over as arrays: one short statement, whatever the number of messages. */
final class PostgresPublishing extends Publishing {

    private static final String INSERT = """
            insert into ${outbox} (namespace, message_key, payload, headers, type, message_id)
            values (?, ?, ?, ?, ?, ?)
            """;

    private static final String INSERT_MANY = """
            insert into ${outbox} (namespace, message_key, payload, headers, type, message_id)
            select ?, m.message_key, m.payload, m.headers, m.type, m.message_id
            from unnest(?::bytea[], ?::bytea[], ?::varchar[], ?::varchar[], ?::varchar[]) with ordinality
                as m(message_key, payload, headers, type, message_id, nr)
            order by m.nr
            """;

    private final String insertMany;

    PostgresPublishing(TableNames names) {
        super(names.in(Database.POSTGRESQL, INSERT), 1_000, 8 * 1024 * 1024);
        this.insertMany = names.in(Database.POSTGRESQL, INSERT_MANY);
    }

    @Override
    void many(Connection connection, String namespace, List<Message> messages) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insertMany)) {
            byte[][] keys = messages.stream().map(Message::key).toArray(byte[][]::new);
            byte[][] payloads = messages.stream().map(Message::payload).toArray(byte[][]::new);
            statement.setString(1, namespace);
            statement.setArray(2, connection.createArrayOf("bytea", keys));
            statement.setArray(3, connection.createArrayOf("bytea", payloads));
            statement.setArray(
                    4,
                    connection.createArrayOf(
                            "varchar",
                            messages.stream()
                                    .map(m -> Headers.write(m.headers()))
                                    .toArray()));
            statement.setArray(
                    5,
                    connection.createArrayOf(
                            "varchar", messages.stream().map(Message::type).toArray()));
            statement.setArray(
                    6,
                    connection.createArrayOf(
                            "varchar", messages.stream().map(Message::id).toArray()));
            statement.executeUpdate();
        }
    }
}
