package dev.boxcar.examples.bank;

import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxWriter;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Accounts in PostgreSQL. Every change of a balance is published in the transaction that makes it. Safe for use by several threads. */
final class Bank {

    static final long INITIAL_BALANCE = 1_000;

    private static final String CREATE_TABLE = """
            create table account (
              id       int    primary key,
              balance  bigint not null,
              sequence bigint not null default 0
            )""";

    private static final String CREATE_ACCOUNTS = """
            insert into account (id, balance)
            select id, ? from generate_series(1, ?) as id""";

    // In the order of their numbers, so that two transfers never wait for each other.
    private static final String LOCK = """
            select id from account where id = any(?) order by id for update""";

    private static final String CHANGE = """
            update account
               set balance = balance + change.delta, sequence = sequence + 1
              from unnest(?, ?) as change(id, delta)
             where account.id = change.id
            returning account.id, account.sequence, change.delta, account.balance""";

    private static final String READ_ALL = """
            select id, balance, sequence from account""";

    private final OutboxWriter<Connection> outbox;
    private final OutboxContext context;

    Bank(OutboxWriter<Connection> outbox, OutboxContext context) {
        this.outbox = outbox;
        this.context = context;
    }

    static void open(Connection connection, int accounts) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(CREATE_TABLE);
        }
        try (PreparedStatement statement = connection.prepareStatement(CREATE_ACCOUNTS)) {
            statement.setLong(1, INITIAL_BALANCE);
            statement.setInt(2, accounts);
            statement.execute();
        }
    }

    /** Changes balances in the caller's transaction and publishes one message for each. */
    List<AccountEvent> move(Connection connection, String transfer, SortedMap<Integer, Long> deltas)
            throws SQLException {
        List<AccountEvent> events = change(connection, transfer, deltas);
        publish(connection, events);
        return events;
    }

    /** Changes balances in the caller's transaction without telling anybody. */
    List<AccountEvent> change(Connection connection, String transfer, SortedMap<Integer, Long> deltas)
            throws SQLException {
        Array ids = connection.createArrayOf("int4", deltas.keySet().toArray());
        Array amounts = connection.createArrayOf("int8", deltas.values().toArray());
        try (PreparedStatement lock = connection.prepareStatement(LOCK)) {
            lock.setArray(1, ids);
            lock.execute();
        }
        List<AccountEvent> events = new ArrayList<>();
        try (PreparedStatement change = connection.prepareStatement(CHANGE)) {
            change.setArray(1, ids);
            change.setArray(2, amounts);
            try (ResultSet rows = change.executeQuery()) {
                while (rows.next()) {
                    events.add(new AccountEvent(
                            rows.getInt(1), rows.getLong(2), rows.getLong(3), rows.getLong(4), transfer));
                }
            }
        }
        return events;
    }

    void publish(Connection connection, List<AccountEvent> events) {
        List<Message> messages = events.stream().map(AccountEvent::toMessage).toList();
        outbox.publish(context, connection, messages);
    }

    /** What the database says at the end. */
    static Map<Integer, Account> accounts(Connection connection) throws SQLException {
        Map<Integer, Account> accounts = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(READ_ALL)) {
            while (rows.next()) {
                accounts.put(rows.getInt(1), new Account(rows.getLong(2), rows.getLong(3)));
            }
        }
        return accounts;
    }

    /**
     * One account.
     *
     * @param balance its balance
     * @param sequence how many events it has had
     */
    record Account(long balance, long sequence) {}
}
