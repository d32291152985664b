package dev.boxcar.jdbc;

import dev.boxcar.spi.Claim;
import dev.boxcar.spi.Session;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * The same, without a list in a subquery: H2 keeps what a subquery on a table has found, but what one on a list finds it looks for
 * again with each entry. So a claim is one text here, which is looked for in an array.
 */
final class H2Settling extends Settling {

    private final Dialect dialect;
    private final String deletePublished;

    H2Settling(Connections connections, Dialect dialect, TableNames names) {
        super(connections, dialect, names);
        this.dialect = dialect;
        this.deletePublished = names.in(dialect.database(), dialect.deletePublished());
    }

    @Override
    void delete(Connection connection, Session session, List<Long> ids, Map<Integer, Claim> claims)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(deletePublished)) {
            int i = dialect.bind(
                    statement,
                    1,
                    Column.longs(ids, id -> id),
                    Column.texts(List.copyOf(claims.values()), claim -> claim.partition() + " " + claim.epoch()));
            statement.setString(i, session.id());
            statement.executeUpdate();
        }
    }
}
