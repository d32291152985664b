package dev.boxcar.jdbc;

import dev.boxcar.spi.NamespaceFilter;
import dev.boxcar.spi.ReadPage;
import dev.boxcar.spi.ReadPosition;
import dev.boxcar.spi.ReadRequest;
import dev.boxcar.spi.StoredEntry;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
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

    // "is true" keeps the planner from the index on xid, which would have to sort all that is waiting for each page.
    // The
    // condition on bytes lets one entry too many pass, so that the cut is seen.
    private static final String READ = """
            select now.snapshot, now.server, now.reached, page.*
            from (
                select pg_current_snapshot()::text as snapshot,
                       extract(epoch from pg_postmaster_start_time())::text as server,
                       (select last_value - case when is_called then 0 else 1 end from ${sequence}) as reached) now
            left join lateral (
                select e.id, e.namespace, e.message_key, e.payload, e.headers, e.type, e.message_id,
                       round(date_part('epoch', e.created_at) * 1000000)::bigint as created,
                       e.attempts, e.part,
                       ceil(extract(epoch from e.next_attempt_at - clock_timestamp()) * 1000)::bigint as delay,
                       octet_length(e.payload) as size,
                       sum(octet_length(e.payload)) over (order by e.id rows unbounded preceding) as bytes
                from (
                    (select late.*
                     from unnest(?::xid8[]) as open(xid)
                     cross join lateral (
                         select o.*
                         from ${outbox} o
                         where o.xid = open.xid and o.id > ?
                           and (?::integer[] is null or o.part = any (?::integer[]))
                           and (?::varchar[] is null or (o.namespace = any (?::varchar[])) = ?)
                           and (?::pg_snapshot is null or pg_visible_in_snapshot(o.xid, ?::pg_snapshot))
                         order by o.id
                         limit ?) late
                     order by late.id
                     limit ?)
                    union all
                    (select o.*
                     from ${outbox} o
                     where o.id > ? and (o.xid >= ?::xid8) is true
                       and (?::integer[] is null or o.part = any (?::integer[]))
                       and (?::varchar[] is null or (o.namespace = any (?::varchar[])) = ?)
                       and (?::pg_snapshot is null or pg_visible_in_snapshot(o.xid, ?::pg_snapshot))
                     order by o.id
                     limit ?)
                    order by id
                    limit ?) e) page
              on page.bytes - page.size < ?
            """;

    private final String read;
    private final IdFloor floor;

    PostgresReader(TableNames names, IdFloor floor) {
        this.read = names.in(Database.POSTGRESQL, READ);
        this.floor = floor;
    }

    /** What came back for one page. */
    private record Found(String snapshot, String server, List<StoredEntry> entries, boolean cut) {}

    @Override
    public ReadPage read(Connections connections, ReadRequest request) {
        return connections.together("reading entries", connection -> read(connection, request));
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
        if (found.cut || found.entries.size() == request.maxEntries()) {
            long cursor = found.entries.get(found.entries.size() - 1).entry().id();
            PostgresPosition on =
                    new PostgresPosition(found.server, position.from(), position.floor(), to, toFloor, cursor);
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
        Snapshot to = position.to();
        int limit = request.maxEntries();
        try (PreparedStatement statement = connection.prepareStatement(read)) {
            Array parts = partitions(connection, request);
            Array namespaces = namespaces(connection, request.namespaces());
            int i = 1;
            statement.setString(i++, from == null ? "{}" : from.openAsArray());
            statement.setLong(i++, position.cursor());
            i = filter(statement, i, parts, namespaces, request.namespaces().include(), to);
            statement.setInt(i++, limit);
            statement.setInt(i++, limit);
            statement.setLong(i++, Math.max(position.cursor(), position.floor()));
            statement.setString(i++, from == null ? "0" : Long.toString(from.xmax()));
            i = filter(statement, i, parts, namespaces, request.namespaces().include(), to);
            statement.setInt(i++, limit);
            statement.setInt(i++, limit);
            statement.setLong(i, request.maxBytes());
            try (ResultSet rows = statement.executeQuery()) {
                return found(rows, request.maxBytes());
            }
        }
    }

    private static int filter(
            PreparedStatement statement,
            int first,
            @Nullable Array parts,
            @Nullable Array namespaces,
            boolean include,
            @Nullable Snapshot to)
            throws SQLException {
        int i = first;
        statement.setArray(i++, parts);
        statement.setArray(i++, parts);
        statement.setArray(i++, namespaces);
        statement.setArray(i++, namespaces);
        statement.setBoolean(i++, include);
        statement.setString(i++, to == null ? null : to.text());
        statement.setString(i++, to == null ? null : to.text());
        return i;
    }

    private Found found(ResultSet rows, long maxBytes) throws SQLException {
        String snapshot = "";
        String server = "";
        List<StoredEntry> entries = new ArrayList<>();
        while (rows.next()) {
            if (server.isEmpty()) {
                snapshot = rows.getString(1);
                server = rows.getString(2);
                floor.reached(server, rows.getLong(3));
            }
            rows.getLong(4);
            if (!rows.wasNull()) {
                entries.add(EntryRows.read(rows, 4));
            }
        }
        // The plan returns them in this order, but the statement does not promise it.
        entries.sort(Comparator.comparingLong(stored -> stored.entry().id()));
        int fitting = 0;
        long bytes = 0;
        while (fitting < entries.size() && (fitting == 0 || bytes + size(entries.get(fitting)) <= maxBytes)) {
            bytes += size(entries.get(fitting++));
        }
        boolean cut = fitting < entries.size() || bytes >= maxBytes;
        return new Found(snapshot, server, entries.subList(0, fitting), cut);
    }

    private static long size(StoredEntry stored) {
        return stored.entry().payload().length;
    }

    private static @Nullable Array partitions(Connection connection, ReadRequest request) throws SQLException {
        return request.partitions().size() == Dialect.PARTITIONS
                ? null
                : connection.createArrayOf("integer", request.partitions().toArray(Integer[]::new));
    }

    private static @Nullable Array namespaces(Connection connection, NamespaceFilter filter) throws SQLException {
        return filter.equals(NamespaceFilter.ALL)
                ? null
                : connection.createArrayOf("varchar", filter.names().toArray(String[]::new));
    }
}
