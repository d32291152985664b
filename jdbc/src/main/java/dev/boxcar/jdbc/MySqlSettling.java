package dev.boxcar.jdbc;

import dev.boxcar.spi.Claim;
import dev.boxcar.spi.Session;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The same, deleting along the primary key: ids that follow one another are one range of it. A list of ids costs a search from the
 * root of the index for each, and a JSON document its parsing.
 *
 * <p>What a delete looks at it locks first, and waits for whoever has written it and not committed yet. So a range holds no id that is
 * not meant; and since its end is found by looking at the row behind it, the last id of a run does not belong to the range but is
 * looked up by itself.
 */
final class MySqlSettling extends Settling {

    /** Longer lists of values MariaDB may turn into a table. */
    private static final int MAX_LIST = 500;

    /** Shorter runs stand in the list. */
    private static final int SHORT_RUN = 4;

    private final String deletePublished;

    MySqlSettling(Connections connections, Dialect dialect, TableNames names) {
        super(connections, dialect, names);
        this.deletePublished = names.in(dialect.database(), dialect.deletePublished());
    }

    @Override
    void delete(Connection connection, Session session, List<Long> ids, Map<Integer, Claim> claims)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(deletePublished + anyOf(ids))) {
            int i = bindClaims(statement, 1, claims);
            statement.setString(i, session.id());
            statement.executeUpdate();
        }
    }

    /** The condition for these ids, in rising order. They stand in the text: as parameters they would take it no less. */
    static String anyOf(List<Long> ids) {
        StringBuilder condition = new StringBuilder(" and (false");
        List<Long> single = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= ids.size(); i++) {
            if (i < ids.size() && ids.get(i) <= ids.get(i - 1) + 1) {
                continue;
            }
            if (i - from < SHORT_RUN) {
                single.addAll(ids.subList(from, i));
            } else {
                condition
                        .append(" or o.id between ")
                        .append(ids.get(from))
                        .append(" and ")
                        .append(ids.get(i - 2));
                single.add(ids.get(i - 1));
            }
            from = i;
        }
        for (int i = 0; i < single.size(); i += MAX_LIST) {
            String list =
                    single.subList(i, Math.min(single.size(), i + MAX_LIST)).toString();
            condition.append(" or o.id in (").append(list, 1, list.length() - 1).append(')');
        }
        return condition.append(')').toString();
    }
}
