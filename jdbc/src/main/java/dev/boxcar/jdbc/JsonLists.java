package dev.boxcar.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Hands a list of rows to a statement as one JSON document: an array of arrays. */
final class JsonLists {

    private JsonLists() {}

    static int bind(PreparedStatement statement, int index, Column... columns) throws SQLException {
        StringBuilder json = new StringBuilder("[");
        for (int row = 0; row < columns[0].values().length; row++) {
            json.append(row == 0 ? "[" : ",[");
            for (int i = 0; i < columns.length; i++) {
                if (i > 0) {
                    json.append(',');
                }
                append(json, columns[i].values()[row]);
            }
            json.append(']');
        }
        statement.setString(index, json.append(']').toString());
        return index + 1;
    }

    private static void append(StringBuilder json, Object value) {
        if (value instanceof String text) {
            Headers.quote(json, text);
        } else {
            json.append(value);
        }
    }
}
