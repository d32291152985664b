package dev.boxcar.jdbc;

import dev.boxcar.spi.Claim;
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

    H2Settling(Connections connections, Dialect dialect, TableNames names) {
        super(connections, dialect, names);
        this.dialect = dialect;
    }

    @Override
    int bindClaims(PreparedStatement statement, int index, Map<Integer, Claim> claims) throws SQLException {
        return dialect.bind(
                statement,
                index,
                Column.texts(List.copyOf(claims.values()), claim -> claim.partition() + " " + claim.epoch()));
    }
}
