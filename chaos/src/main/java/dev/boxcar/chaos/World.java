package dev.boxcar.chaos;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.testservers.DatabaseServer;
import dev.boxcar.testservers.KafkaServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;

/** The servers of a run, and the proxies in front of them. Closing it ends all of them. Safe for use by several threads. */
final class World implements AutoCloseable {

    /** How many relays can have proxies of their own. */
    static final int SLOTS = 4;

    static final int TOPIC_PARTITIONS = 4;

    private final DatabaseKind kind;
    private final List<TcpProxy> brokerProxies = new ArrayList<>();
    private final List<TcpProxy> databaseProxies = new ArrayList<>();
    private final TcpProxy writersProxy = new TcpProxy("proxy-writers");
    private final DatabaseServer database;
    private final KafkaServer kafka;
    private final String url;
    private final HikariDataSource pool;
    private final JdbcStorage storage;

    World(DatabaseKind kind) throws SQLException {
        this.kind = kind;
        KafkaServer.Builder broker = KafkaServer.builder()
                .heap("384m")
                // A topic that was deleted must not come back by itself.
                .setting("auto.create.topics.enable", "false");
        for (int slot = 0; slot < SLOTS; slot++) {
            TcpProxy proxy = new TcpProxy("proxy-broker-" + slot);
            brokerProxies.add(proxy);
            broker.proxy(proxy.port());
            databaseProxies.add(new TcpProxy("proxy-database-" + slot));
        }
        CompletableFuture<KafkaServer> startingKafka = CompletableFuture.supplyAsync(broker::start);
        database = kind.start();
        kafka = startingKafka.join();
        for (int slot = 0; slot < SLOTS; slot++) {
            brokerProxies.get(slot).forwardTo(kafka.portsBehindProxies().get(slot));
            databaseProxies.get(slot).forwardTo(database.port());
        }
        writersProxy.forwardTo(database.port());
        url = database.newDatabase("chaos");
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(kind.impatient(url));
        config.setMaximumPoolSize(4);
        config.setMinimumIdle(2);
        config.setConnectionTimeout(2_000);
        pool = new HikariDataSource(config);
        storage = JdbcStorage.builder(pool).createIfMissing(true).build();
        execute(Writer.CREATE_MARKERS);
        for (String statement : kind.createUsers()) {
            execute(statement);
        }
    }

    DatabaseKind kind() {
        return kind;
    }

    DatabaseServer database() {
        return database;
    }

    KafkaServer kafka() {
        return kafka;
    }

    TcpProxy brokerProxy(int slot) {
        return brokerProxies.get(slot);
    }

    TcpProxy databaseProxy(int slot) {
        return databaseProxies.get(slot);
    }

    TcpProxy writersProxy() {
        return writersProxy;
    }

    /** The outbox, over connections that no proxy and no fault of the network touches. */
    JdbcStorage storage() {
        return storage;
    }

    /** The database itself. */
    String url() {
        return url;
    }

    /** For writers: behind a proxy, with time-outs. */
    String writersUrl() {
        return kind.impatient(DatabaseKind.through(url, writersProxy.port()));
    }

    /** For the relay of a slot. */
    List<String> relayAddresses(int slot) {
        return List.of(
                "--url",
                DatabaseKind.asRelay(url, databaseProxy(slot).port()),
                "--kafka",
                "127.0.0.1:" + brokerProxy(slot).port());
    }

    /** For a relay whose speed matters: past the proxies. */
    List<String> directAddresses() {
        return List.of("--url", DatabaseKind.asRelay(url, database.port()), "--kafka", kafka.bootstrapServers());
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of all rows. */
    List<String> texts(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }

    /** The first column of all rows, which holds numbers. */
    List<Long> numbers(String sql) throws SQLException {
        return texts(sql).stream().map(Long::valueOf).toList();
    }

    /** The first number. */
    long number(String sql) throws SQLException {
        return numbers(sql).get(0);
    }

    /** Whether a transaction of a writer has committed. */
    boolean isMarked(long transaction) {
        try {
            return number("select count(*) from chaos_marker where transaction_number = " + transaction) > 0;
        } catch (SQLException e) {
            throw new IllegalStateException("the database does not tell what was committed", e);
        }
    }

    void createTopic(String name, Map<String, String> settings) throws InterruptedException, ExecutionException {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, TOPIC_PARTITIONS, (short) 1).configs(settings)))
                    .all()
                    .get();
        }
    }

    void deleteTopic(String name) throws InterruptedException, ExecutionException {
        try (Admin admin = admin()) {
            admin.deleteTopics(List.of(name)).all().get();
        }
    }

    private Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers()));
    }

    /** No more faults of the network. */
    void healAll() {
        brokerProxies.forEach(TcpProxy::heal);
        databaseProxies.forEach(TcpProxy::heal);
        writersProxy.heal();
    }

    @Override
    public void close() {
        pool.close();
        kafka.close();
        database.close();
        brokerProxies.forEach(TcpProxy::close);
        databaseProxies.forEach(TcpProxy::close);
        writersProxy.close();
    }
}
