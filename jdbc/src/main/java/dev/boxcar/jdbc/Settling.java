package dev.boxcar.jdbc;

import dev.boxcar.spi.Claim;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.Settlement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Writes down what became of entries, each part only as long as its claim is still the session's. */
class Settling {

    private static final int MAX_REASON = 1_000;

    private final Connections connections;
    private final Dialect dialect;
    private final String deletePublished;
    private final String retry;
    private final String lockClaims;
    private final String lockEntries;
    private final String bury;
    private final String deleteEntries;

    Settling(Connections connections, Dialect dialect, TableNames names) {
        Database database = dialect.database();
        this.connections = connections;
        this.dialect = dialect;
        this.deletePublished = names.in(database, dialect.deletePublished());
        this.retry = names.in(database, dialect.retry());
        this.lockClaims = names.in(database, dialect.lockClaims());
        this.lockEntries = names.in(database, dialect.lockEntries());
        this.bury = names.in(database, dialect.bury());
        this.deleteEntries = names.in(database, dialect.deleteEntries());
    }

    final void settle(Session session, Settlement settlement) {
        if (!settlement.published().isEmpty()) {
            connections.each("deleting published entries", connection -> {
                deletePublished(connection, session, settlement.published());
                return true;
            });
        }
        if (!settlement.retries().isEmpty()) {
            connections.each("postponing entries", connection -> retry(connection, session, settlement.retries()));
        }
        if (!settlement.dead().isEmpty()) {
            connections.together("setting entries aside", connection -> bury(connection, session, settlement.dead()));
        }
    }

    private void deletePublished(Connection connection, Session session, List<Settlement.Published> published)
            throws SQLException {
        Map<Integer, Claim> claims = newest(published, Settlement.Published::claim);
        List<Long> ids = new ArrayList<>();
        published.stream().filter(one -> isNewest(claims, one.claim())).forEach(one -> ids.addAll(one.ids()));
        Collections.sort(ids); // neighbours in the table are found together
        delete(connection, session, ids, claims);
    }

    /** Deletes entries, by rising ids, as far as the session holds these claims. */
    void delete(Connection connection, Session session, List<Long> ids, Map<Integer, Claim> claims)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(deletePublished)) {
            int i = dialect.bind(statement, 1, Column.longs(ids, id -> id));
            i = bindClaims(statement, i, claims);
            statement.setString(i, session.id());
            delete(statement);
        }
    }

    void delete(PreparedStatement statement) throws SQLException {
        statement.executeUpdate();
    }

    private int retry(Connection connection, Session session, List<Settlement.Retry> retries) throws SQLException {
        List<Settlement.Retry> all = lastOfEach(retries, Settlement.Retry::id);
        try (PreparedStatement statement = connection.prepareStatement(retry)) {
            int i = dialect.bind(
                    statement,
                    1,
                    Column.longs(all, Settlement.Retry::id),
                    Column.ints(all, Settlement.Retry::attempts),
                    Column.longs(all, Settlement.Retry::delayMillis),
                    Column.texts(all, one -> storable(one.reason())),
                    Column.ints(all, one -> one.claim().partition()),
                    Column.longs(all, one -> one.claim().epoch()));
            statement.setString(i, session.id());
            return statement.executeUpdate();
        }
    }

    /** Holds the claims until the end: while entries are being set aside, nobody may take over and send them. */
    private int bury(Connection connection, Session session, List<Settlement.Dead> dead) throws SQLException {
        Map<Integer, Claim> claims = newest(dead, Settlement.Dead::claim);
        Set<Integer> held = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(lockClaims)) {
            int i = bindClaims(statement, 1, claims);
            statement.setString(i, session.id());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    held.add(rows.getInt(1));
                }
            }
        }
        List<Settlement.Dead> mine = lastOfEach(dead, Settlement.Dead::id).stream()
                .filter(one -> isNewest(claims, one.claim())
                        && held.contains(one.claim().partition()))
                .toList();
        Map<Long, Integer> parts =
                lockEntries(connection, mine.stream().map(Settlement.Dead::id).toList());
        return move(
                connection,
                mine.stream()
                        .filter(one ->
                                parts.getOrDefault(one.id(), -1) == one.claim().partition())
                        .toList());
    }

    /** Sets entries aside whoever holds their claims. */
    final int bury(Collection<Long> ids, String reason) {
        return connections.together("setting entries aside", connection -> {
            Claim nobodys = new Claim(0, 0, null, false);
            Set<Long> found =
                    lockEntries(connection, List.copyOf(new HashSet<>(ids))).keySet();
            return move(
                    connection,
                    found.stream()
                            .map(id -> new Settlement.Dead(nobodys, id, -1, reason))
                            .toList());
        });
    }

    private Map<Long, Integer> lockEntries(Connection connection, List<Long> ids) throws SQLException {
        Map<Long, Integer> parts = new HashMap<>();
        if (ids.isEmpty()) {
            return parts;
        }
        try (PreparedStatement statement = connection.prepareStatement(lockEntries)) {
            dialect.bind(statement, 1, Column.longs(ids, id -> id));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    parts.put(rows.getLong(1), rows.getInt(2));
                }
            }
        }
        return parts;
    }

    private int move(Connection connection, List<Settlement.Dead> locked) throws SQLException {
        if (locked.isEmpty()) {
            return 0;
        }
        try (PreparedStatement copy = connection.prepareStatement(bury);
                PreparedStatement delete = connection.prepareStatement(deleteEntries)) {
            dialect.bind(
                    copy,
                    1,
                    Column.longs(locked, Settlement.Dead::id),
                    Column.ints(locked, Settlement.Dead::attempts),
                    Column.texts(locked, one -> storable(one.reason())));
            copy.executeUpdate();
            dialect.bind(delete, 1, Column.longs(locked, Settlement.Dead::id));
            return delete.executeUpdate();
        }
    }

    int bindClaims(PreparedStatement statement, int index, Map<Integer, Claim> claims) throws SQLException {
        List<Claim> each = List.copyOf(claims.values());
        return dialect.bind(statement, index, Column.ints(each, Claim::partition), Column.longs(each, Claim::epoch));
    }

    /** Of several claims on a partition at most the newest can still be held. */
    private static <E> Map<Integer, Claim> newest(List<E> all, Function<E, Claim> claim) {
        Map<Integer, Claim> byPartition = new HashMap<>();
        all.stream()
                .map(claim)
                .forEach(one -> byPartition.merge(one.partition(), one, (a, b) -> a.epoch() >= b.epoch() ? a : b));
        return byPartition;
    }

    private static boolean isNewest(Map<Integer, Claim> newest, Claim claim) {
        Claim other = newest.get(claim.partition());
        return other != null && other.epoch() == claim.epoch();
    }

    private static <E> List<E> lastOfEach(List<E> all, Function<E, Long> id) {
        Map<Long, E> byId = new LinkedHashMap<>();
        all.forEach(one -> byId.put(id.apply(one), one));
        return List.copyOf(byId.values());
    }

    /** Cut to what the column holds, without what no database stores as text. */
    private static String storable(String reason) {
        String cut = reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON - 1) + "\u2026";
        return cut.replaceAll("\\x00|\\p{Cs}", "\ufffd");
    }
}
