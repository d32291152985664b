package dev.boxcar.testservers;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A database server whose databases are created over JDBC. */
abstract class JdbcServer extends ForwardingServer implements DatabaseServer {

    /** Up to the name of the database, and what follows it. */
    private static final Pattern URL = Pattern.compile("(jdbc:\\w+:(?:\\w+:)?//[^/?]+)/?[^?]*(\\?.*)?");

    private static final int LONGEST_NAME = 40;

    private final String url;
    private final boolean external;
    private final List<String> created = new CopyOnWriteArrayList<>();

    JdbcServer(TestServer control, String url) {
        super(control);
        this.url = url;
        this.external = control instanceof ExternalServer;
    }

    abstract String createDatabase(String name);

    abstract String dropDatabase(String name);

    @Override
    public final String url() {
        return url;
    }

    @Override
    public final String newDatabase(String name) {
        String readable = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
        String unique = readable.substring(0, Math.min(LONGEST_NAME, readable.length())) + "_"
                + Long.toString(ThreadLocalRandom.current().nextLong(36L * 36 * 36 * 36 * 36 * 36), 36);
        execute(createDatabase(unique));
        created.add(unique);
        Matcher matcher = URL.matcher(url);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a JDBC URL with a host: " + url);
        }
        String parameters = matcher.group(2) == null ? "" : matcher.group(2);
        return matcher.group(1) + "/" + unique + parameters;
    }

    /** Databases on somebody else's server are dropped; a server of this JVM goes as a whole. */
    @Override
    public final void close() {
        if (external) {
            created.forEach(name -> execute(dropDatabase(name)));
            created.clear();
        }
        super.close();
    }

    private void execute(String sql) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(
                    name() + ": " + sql + ": " + e.getMessage() + " (the JDBC driver must be on the class path)", e);
        }
    }
}
