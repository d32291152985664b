package dev.boxcar.jdbc;

import dev.boxcar.Message;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Writes messages in somebody else's transaction. */
abstract class Publishing {

    private final String insert;
    private final int maxRows;
    private final int maxBytes;

    /**
     * Only payloads count as bytes; everything else is small.
     *
     * @param insert writes one message
     * @param maxRows how many messages one statement carries
     * @param maxBytes how many bytes, unless it is one message
     */
    Publishing(String insert, int maxRows, int maxBytes) {
        this.insert = insert;
        this.maxRows = maxRows;
        this.maxBytes = maxBytes;
    }

    final void publish(Connection connection, String namespace, List<Message> messages) throws SQLException {
        int from = 0;
        while (from < messages.size()) {
            int to = endOfChunk(messages, from);
            if (to - from == 1) {
                one(connection, namespace, messages.get(from));
            } else {
                many(connection, namespace, messages.subList(from, to));
            }
            from = to;
        }
    }

    private int endOfChunk(List<Message> messages, int from) {
        int to = from;
        long bytes = 0;
        while (to < messages.size() && to - from < maxRows) {
            bytes += messages.get(to).payload().length;
            if (bytes > maxBytes && to > from) {
                break;
            }
            to++;
        }
        return to;
    }

    private void one(Connection connection, String namespace, Message message) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(insert)) {
            set(statement, 1, namespace, message);
            statement.executeUpdate();
        }
    }

    /** Binds one message from the index {@code first} on; answers the next index. */
    static int set(PreparedStatement statement, int first, String namespace, Message message) throws SQLException {
        int i = first;
        statement.setString(i++, namespace);
        statement.setBytes(i++, message.key());
        statement.setBytes(i++, message.payload());
        statement.setString(i++, Headers.write(message.headers()));
        statement.setString(i++, message.type());
        statement.setString(i++, message.id());
        return i;
    }

    /** Writes up to the given number of messages with one statement; their ids rise in their order. */
    abstract void many(Connection connection, String namespace, List<Message> messages) throws SQLException;
}
