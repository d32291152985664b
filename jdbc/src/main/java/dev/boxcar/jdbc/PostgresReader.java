package dev.boxcar.jdbc;

import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.ReadPosition;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.spi.StoredEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads by the difference of snapshots: what the snapshot of a walk sees and the snapshot of the walk before did not see. The
 * entries of transactions that end late come with the next walk, nobody is waited for, and what was read and deleted is not
 * visited again, however long its dead rows stay.
 *
 * <p>Of what the earlier snapshot did not see, a part was written by transactions that were open then: the index on the
 * transaction number finds it. All the rest is numbered from that snapshot's xmax on, and has ids above the {@link IdFloor
 * floor}: the primary key finds it, page by page in the right order.
 *
 * <p>The snapshot of a walk is taken by the statement that reads its first page; the further pages see no more than it did,
 * because an entry that came into the middle of a walk could overtake an earlier one of its key.
 */
final class PostgresReader implements Reader {

    // The first row tells where the statement stands, the others are the page. "is true" keeps the planner from the
    // index on xid, which would have to sort all that is waiting for each page. The comparison of pairs, with their
    // order,
    // keeps it to that index: of a backlog that few transactions wrote it would believe that each wrote much of it, and
    // walk the primary key. Entries with a large part come without
    // it, and with their size. What is not needed of most rows is null there: each value costs both sides. A
    // transaction that is still open is not looked into, however much it has written.
    private static final String READ = """
            select null::bigint as id, pg_current_snapshot()::text as namespace, null::bytea as message_key,
                   null::bytea as payload, extract(epoch from pg_postmaster_start_time())::text as headers,
                   null::varchar as type, null::varchar as message_id,
                   (select last_value - 33 from ${sequence}) as created,
                   null::integer as attempts, null::smallint as part, null::bigint as delay, null::bigint as size
            union all
            (select id, namespace, case when octet_length(message_key) <= 8192 then message_key end,
                    case when octet_length(payload) <= ? then payload end,
                    case when octet_length(headers) <= 8192 then headers end, type, message_id,
                    round(date_part('epoch', created_at) * 1000000)::bigint, nullif(attempts, 0), part,
                    case when next_attempt_at is not null
                        then ceil(extract(epoch from next_attempt_at - clock_timestamp()) * 1000)::bigint end,
                    case when octet_length(payload) > ? or octet_length(message_key) > 8192 or octet_length(headers) > 8192
                        then octet_length(payload)::bigint + coalesce(octet_length(message_key), 0)
                            + coalesce(octet_length(headers), 0) end
             from (
                (select o.id, o.namespace, o.message_key, o.payload, o.headers, o.type, o.message_id, o.created_at,
                        o.attempts, o.part, o.next_attempt_at
                 from unnest(?::xid8[]) as open(xid)
                 cross join lateral (
                     select *
                     from ${outbox}
                     where (xid, id) > (open.xid, ?::bigint) and xid <= open.xid
                       and (? >> part) & 1 = 1
                       and (? or (namespace = any (?::varchar[])) = ?)
                       and (? or pg_visible_in_snapshot(xid, (select ?::pg_snapshot)))
                     order by xid, id
                     limit ?) o
                 where pg_visible_in_snapshot(open.xid, pg_current_snapshot())
                 order by o.id
                 limit ?)
                union all
                (select o.id, o.namespace, o.message_key, o.payload, o.headers, o.type, o.message_id, o.created_at,
                        o.attempts, o.part, o.next_attempt_at
                 from ${outbox} o
                 where o.id > ? and (o.xid >= (select ?::xid8)) is true
                   and (? >> o.part) & 1 = 1
                   and (? or (o.namespace = any (?::varchar[])) = ?)
                   and (? or pg_visible_in_snapshot(o.xid, (select ?::pg_snapshot)))
                 order by o.id
                 limit ?)
                order by id
                limit ?) page)
            """;

    private final String read;
    private final String reload;
    private final IdFloor floor;

    PostgresReader(TableNames names, IdFloor floor) {
        this.read = Connections.inOneTrip(names.in(Database.POSTGRESQL, READ));
        this.reload = Connections.inOneTrip(names.in(Database.POSTGRESQL, PostgresDialect.RELOAD));
        this.floor = floor;
    }

    /** What came back for one page; {@code last} is the id of the last row that fitted, {@code cut} tells whether there is more. */
    private record Found(String snapshot, String server, List<StoredEntry> entries, long last, boolean cut) {}

    /** One row of a page, without its entry if that was too large to come along. */
    private record Row(long id, long size, @Nullable StoredEntry stored) {}

    @Override
    public ReadPage read(Connections connections, ReadRequest request) {
        return connections.inOneTrip("reading entries", connection -> read(connection, request));
    }

    private ReadPage read(Connection connection, ReadRequest request) throws SQLException {
        ReadPosition given = request.position();
        PostgresPosition position = given == null ? PostgresPosition.START : (PostgresPosition) given;
        IdFloor.Mark mark = floor.mark(); // before the statement: its snapshot must be younger than the mark
        Found found = find(connection, request, position);
        if (!position.server().isEmpty() && !position.server().equals(found.server)) {
            position = PostgresPosition.START;
            found = find(connection, request, position);
        }
        Snapshot walk = position.to();
        Snapshot to = walk == null ? Snapshot.parse(found.snapshot) : walk;
        long toFloor = walk == null ? floorOf(to, found.server, mark) : position.toFloor();
        if (found.cut) {
            PostgresPosition on =
                    new PostgresPosition(found.server, position.from(), position.floor(), to, toFloor, found.last);
            return new ReadPage(found.entries, on, true);
        }
        PostgresPosition rest = new PostgresPosition(found.server, to, toFloor, null, 0, Long.MIN_VALUE);
        // While a long walk was under way, more may have been committed than its snapshot sees.
        return new ReadPage(found.entries, rest, !found.snapshot.equals(to.text()));
    }

    /** Every page tells its server by itself. */
    @Override
    public void serverChanged() {}

    private static long floorOf(Snapshot to, String server, IdFloor.@Nullable Mark mark) {
        return mark != null && mark.server().equals(server) && mark.xid() <= to.xmax() ? mark.id() : Long.MIN_VALUE;
    }

    private Found find(Connection connection, ReadRequest request, PostgresPosition position) throws SQLException {
        Snapshot from = position.from();
        int limit = request.maxEntries();
        try (PreparedStatement statement = connection.prepareStatement(read)) {
            int i = 1;
            // So a whole page of payloads that come with it holds the limit; larger ones are fetched if they fit.
            int large = (int) Math.min(Integer.MAX_VALUE, request.maxBytes() / limit);
            statement.setInt(i++, large);
            statement.setInt(i++, large);
            statement.setString(i++, from == null ? "{}" : from.openAsArray());
            statement.setLong(i++, position.cursor());
            i = filter(statement, i, request, position.to());
            statement.setInt(i++, limit);
            statement.setLong(i++, Math.max(position.cursor(), position.floor()));
            statement.setString(i++, from == null ? "0" : Long.toString(from.xmax()));
            i = filter(statement, i, request, position.to());
            statement.setInt(i, limit);
            return found(connection, statement, request);
        }
    }

    /** Binds what both halves ask for, up to the limit. */
    private static int filter(PreparedStatement statement, int first, ReadRequest request, @Nullable Snapshot to)
            throws SQLException {
        NamespaceFilter namespaces = request.namespaces();
        boolean all = namespaces.equals(NamespaceFilter.ALL);
        int i = first;
        statement.setLong(i++, bits(request.partitions()));
        statement.setBoolean(i++, all);
        statement.setArray(
                i++,
                all
                        ? null
                        : statement
                                .getConnection()
                                .createArrayOf("varchar", namespaces.names().toArray(String[]::new)));
        statement.setBoolean(i++, namespaces.include());
        statement.setBoolean(i++, to == null);
        statement.setString(i++, to == null ? null : to.text());
        statement.setInt(i++, request.maxEntries());
        return i;
    }

    /** One bit for each partition: as many as a bigint has. */
    private static long bits(Set<Integer> partitions) {
        long bits = 0;
        for (int partition : partitions) {
            bits |= 1L << partition;
        }
        return bits;
    }

    private Found found(Connection connection, PreparedStatement statement, ReadRequest request) throws SQLException {
        String snapshot = "";
        String server = "";
        List<Row> rows = new ArrayList<>(request.maxEntries());
        EntryRows entries = new EntryRows();
        try (ResultSet found = Connections.rows(statement)) {
            while (found.next()) {
                found.getLong(1);
                if (found.wasNull()) {
                    snapshot = found.getString(2);
                    server = found.getString(5);
                    floor.reached(server, found.getLong(8));
                } else {
                    rows.add(row(found, entries));
                }
            }
        }
        // The plan returns them in this order, but the statement does not promise it.
        rows.sort(Comparator.comparingLong(Row::id));
        int fitting = 0;
        long bytes = 0;
        while (fitting < rows.size()
                && (fitting == 0 || bytes + rows.get(fitting).size() <= request.maxBytes())) {
            bytes += rows.get(fitting++).size();
        }
        boolean cut = fitting < rows.size() || rows.size() == request.maxEntries();
        long last = fitting == 0 ? Long.MIN_VALUE : rows.get(fitting - 1).id();
        return new Found(snapshot, server, complete(connection, rows.subList(0, fitting)), last, cut);
    }

    private static Row row(ResultSet found, EntryRows entries) throws SQLException {
        long id = found.getLong(1);
        long size = found.getLong(12);
        if (size > 0) {
            return new Row(id, size, null);
        }
        StoredEntry stored = entries.read(found, 1);
        byte[] key = stored.entry().key();
        return new Row(id, stored.entry().payload().length + (key == null ? 0 : key.length), stored);
    }

    /** The entries of these rows, the large ones too; without those that were deleted meanwhile. */
    private List<StoredEntry> complete(Connection connection, List<Row> rows) throws SQLException {
        List<Long> ids =
                rows.stream().filter(row -> row.stored() == null).map(Row::id).toList();
        Map<Long, StoredEntry> large = ids.isEmpty() ? Map.of() : reload(connection, ids);
        List<StoredEntry> entries = new ArrayList<>(rows.size());
        for (Row row : rows) {
            StoredEntry stored = row.stored() != null ? row.stored() : large.get(row.id());
            if (stored != null) {
                entries.add(stored);
            }
        }
        return entries;
    }

    private Map<Long, StoredEntry> reload(Connection connection, List<Long> ids) throws SQLException {
        Map<Long, StoredEntry> found = new HashMap<>();
        EntryRows entries = new EntryRows();
        try (PreparedStatement statement = connection.prepareStatement(reload)) {
            statement.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
            try (ResultSet rows = Connections.rows(statement)) {
                while (rows.next()) {
                    StoredEntry stored = entries.read(rows, 1);
                    found.put(stored.entry().id(), stored);
                }
            }
        }
        return found;
    }
}
