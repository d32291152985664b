package dev.boxcar.relay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Which database, and which tables in it. */
final class DatabaseOptions implements SettingOptions {

    /** Where messages live when nobody says otherwise: below the current folder, where it is found and deleted easily. */
    static final Path EMBEDDED_FILE = Path.of("boxcar-data", "outbox.db");

    @Spec(Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--url",
            paramLabel = "JDBC-URL",
            description = "The database: jdbc:postgresql:…, jdbc:mysql:…, jdbc:mariadb:…, jdbc:h2:…, jdbc:sqlite:…. "
                    + "Without it, an embedded SQLite database in the file boxcar-data/outbox.db.")
    @Nullable
    String url;

    @Option(names = "--user", paramLabel = "NAME", description = "The database user.")
    @Nullable
    String user;

    @Option(
            names = "--password",
            paramLabel = "TEXT",
            description = "The user's password. On the command line everybody on this machine can read it: "
                    + "prefer the environment variable or --password-file.")
    @Nullable
    String password;

    @Option(names = "--password-file", paramLabel = "FILE", description = "A file that holds the password, in UTF-8.")
    @Nullable
    Path passwordFile;

    @Option(
            names = "--schema",
            paramLabel = "NAME",
            description = "The database schema of the outbox's tables; without it, the connection's own.")
    @Nullable
    String schema;

    @Option(
            names = "--table",
            paramLabel = "NAME",
            defaultValue = "boxcar_outbox",
            description = "The outbox table; the names of the other tables begin with it.")
    String table = "boxcar_outbox";

    @Override
    public String heading() {
        return "Database";
    }

    /** Whether nobody named a database, so that the embedded one is used. */
    boolean embedded() {
        return url == null;
    }

    /**
     * The address with its credentials.
     *
     * @throws ParameterException when they contradict each other, or the password file cannot be read
     */
    JdbcAddress address() {
        String theUrl = url;
        return theUrl == null ? JdbcAddress.of("jdbc:sqlite:" + EMBEDDED_FILE, null, null) : address(theUrl);
    }

    /** Another address with the same credentials. */
    JdbcAddress address(String theUrl) {
        try {
            return JdbcAddress.of(theUrl, user, thePassword());
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private @Nullable String thePassword() {
        Path file = passwordFile;
        if (file == null) {
            return password;
        }
        if (password != null) {
            throw usage("--password and --password-file are both set; which one is it?");
        }
        try {
            return Files.readString(file).stripTrailing();
        } catch (IOException e) {
            throw usage("--password-file " + file + " cannot be read: "
                    + e.getClass().getSimpleName());
        }
    }

    private ParameterException usage(@Nullable String message) {
        CommandSpec spec = command;
        if (spec == null) {
            throw new IllegalStateException("used outside of a command");
        }
        return new ParameterException(spec.commandLine(), String.valueOf(message));
    }
}
