package dev.boxcar.relay;

import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.jdbc.PostgresListener;
import dev.boxcar.spi.WakeSource;
import java.sql.DriverManager;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether the relay is told by PostgreSQL that there is something new. */
final class ListenOptions implements SettingOptions {

    @Option(
            names = "--listen",
            description =
                    "Be woken by PostgreSQL when somebody commits messages, instead of polling alone. Needs the trigger "
                            + "of 'boxcar schema apply --notify' (--create-schema creates it), and one more connection: not through a pooler in transaction mode.")
    boolean listen;

    @Option(
            names = "--listen-url",
            paramLabel = "JDBC-URL",
            description =
                    "Where to listen, if --url leads to a pooler in transaction mode: the address of the database itself. "
                            + "User and password are those of --url. Implies --listen.")
    @Nullable
    String url;

    @Override
    public String heading() {
        return "Database";
    }

    private boolean listens() {
        return listen || url != null;
    }

    /** @throws IllegalArgumentException when the database cannot notify */
    void check(DatabaseOptions options) {
        if (listens() && (options.embedded() || !options.address().isPostgresql())) {
            throw new IllegalArgumentException("--listen needs --url jdbc:postgresql:…: other databases cannot notify");
        }
        if (url != null && !options.address(url).isPostgresql()) {
            throw new IllegalArgumentException("--listen-url must be a jdbc:postgresql: address");
        }
    }

    /**
     * Who wakes the relay, or null when nobody does.
     *
     * @throws picocli.CommandLine.ParameterException when the address is none
     */
    @Nullable
    WakeSource source(DatabaseOptions options, JdbcStorage storage, Io io) {
        if (!listens()) {
            return null;
        }
        String own = url;
        JdbcAddress address = own == null ? options.address() : options.address(own);
        Properties properties = new Properties();
        properties.putAll(address.properties());
        String user = address.user();
        if (user != null) {
            properties.setProperty("user", user);
        }
        String password = address.password();
        if (password != null) {
            io.redaction().hide(password);
            properties.setProperty("password", password);
        }
        return PostgresListener.of(storage, () -> DriverManager.getConnection(address.url(), properties));
    }
}
