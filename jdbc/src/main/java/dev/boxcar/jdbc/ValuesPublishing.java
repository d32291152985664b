package dev.boxcar.jdbc;

import dev.boxcar.Message;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;

/** Writes a batch as one statement with many rows. */
final class ValuesPublishing extends Publishing {

    private static final String INSERT = """
            insert into ${outbox} (namespace, message_key, payload, headers, type, message_id)
            values (?, ?, ?, ?, ?, ?)""";

    private final String insert;

    ValuesPublishing(Database database, TableNames names, int maxRows, int maxBytes) {
        super(names.in(database, INSERT), maxRows, maxBytes);
        this.insert = names.in(database, INSERT);
    }

    @Override
    void many(Connection connection, String namespace, List<Message> messages) throws SQLException {
        String sql = insert + String.join("", Collections.nCopies(messages.size() - 1, ", (?, ?, ?, ?, ?, ?)"));
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int i = 1;
            for (Message message : messages) {
                i = set(statement, i, namespace, message);
            }
            statement.executeUpdate();
        }
    }
}
