package dev.boxcar.relay;

import dev.boxcar.jdbc.Database;
import dev.boxcar.jdbc.JdbcSchema;
import dev.boxcar.jdbc.SchemaRoles;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code boxcar schema}: the outbox's tables. */
@Command(
        name = "schema",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Prints, creates or checks the outbox's tables.")
final class SchemaCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** With its subcommands. */
    static CommandLine create(Io io) {
        return new CommandLine(new SchemaCommand())
                .addSubcommand(new Print(io))
                .addSubcommand(new Apply(io))
                .addSubcommand(new Check(io));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "which command? " + spec.subcommands().keySet());
    }

    @Command(
            name = "print",
            mixinStandardHelpOptions = true,
            abbreviateSynopsis = true,
            versionProvider = Version.class,
            description = {
                "Prints the statements that create the tables, or that grant rights on them. Connects to no database.",
                ""
            })
    private static final class Print implements Callable<Integer> {

        private final Io io;

        @Option(
                names = "--database",
                required = true,
                paramLabel = "PRODUCT",
                description = "One of ${COMPLETION-CANDIDATES}, in small letters if you like.")
        @SuppressWarnings("NullAway.Init")
        private Database database;

        @Option(names = "--schema", paramLabel = "NAME", description = "The schema of the tables.")
        private @Nullable String schema;

        @Option(
                names = "--table",
                paramLabel = "NAME",
                defaultValue = "boxcar_outbox",
                description =
                        "The outbox table; the names of the other tables begin with it. Default: ${DEFAULT-VALUE}.")
        private String table = "boxcar_outbox";

        @Option(
                names = "--notify",
                description = "Also print the trigger that wakes relays which --listen (PostgreSQL only).")
        private boolean notify;

        @Option(
                names = "--grants",
                description = "Instead, the statements that give three database roles their least rights: the writing "
                        + "application, the relay, and an admin who looks after dead letters.")
        private boolean grants;

        @Option(
                names = "--writer-role",
                paramLabel = "NAME",
                defaultValue = "boxcar_writer",
                description = "With --grants, the application's role. Default: ${DEFAULT-VALUE}.")
        private String writerRole = "";

        @Option(
                names = "--relay-role",
                paramLabel = "NAME",
                defaultValue = "boxcar_relay",
                description = "With --grants, the relay's role. Default: ${DEFAULT-VALUE}.")
        private String relayRole = "";

        @Option(
                names = "--admin-role",
                paramLabel = "NAME",
                defaultValue = "boxcar_admin",
                description = "With --grants, the admin's role. Default: ${DEFAULT-VALUE}.")
        private String adminRole = "";

        @Spec
        @SuppressWarnings("NullAway.Init")
        private CommandSpec spec;

        Print(Io io) {
            this.io = io;
        }

        @Override
        public Integer call() {
            if (grants) {
                SchemaRoles roles = new SchemaRoles(writerRole, relayRole, adminRole);
                io.out().print(JdbcSchema.grants(database, schema, table, roles));
                return ExitCode.OK;
            }
            if (notify && database != Database.POSTGRESQL) {
                throw new ParameterException(
                        spec.commandLine(), "--notify: only PostgreSQL can notify, not " + database.displayName());
            }
            io.out().print(JdbcSchema.ddl(database, schema, table));
            if (notify) {
                io.out().println();
                io.out().print(JdbcSchema.notifyDdl(schema, table));
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "apply",
            mixinStandardHelpOptions = true,
            abbreviateSynopsis = true,
            versionProvider = Version.class,
            description = {
                "Creates missing tables. Changes nothing when they are there; may run on several machines.",
                ""
            })
    private static final class Apply implements Callable<Integer> {

        private final Io io;

        @Mixin
        private DatabaseOptions databaseOptions = new DatabaseOptions();

        @Option(
                names = "--notify",
                description =
                        "Also create the trigger that wakes relays which --listen (PostgreSQL only). Commits of writers "
                                + "then wait for each other: see the guide.")
        private boolean notify;

        Apply(Io io) {
            this.io = io;
        }

        @Override
        public Integer call() {
            try (OpenStorage database = OpenStorage.open(databaseOptions, false, StatusCommand.PATIENCE, io)) {
                database.storage().schema().apply();
                if (notify) {
                    database.storage().schema().applyNotify();
                }
                io.say("the tables are there: " + database.storage().description());
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            abbreviateSynopsis = true,
            versionProvider = Version.class,
            description = {"Tells whether the tables are there and of the right version. The exit code is 3 if not.", ""
            })
    private static final class Check implements Callable<Integer> {

        private final Io io;

        @Mixin
        private DatabaseOptions databaseOptions = new DatabaseOptions();

        Check(Io io) {
            this.io = io;
        }

        @Override
        public Integer call() {
            try (OpenStorage database = OpenStorage.open(databaseOptions, false, StatusCommand.PATIENCE, io)) {
                database.storage().check();
                io.say("the tables fit: " + database.storage().description());
            }
            return ExitCode.OK;
        }
    }
}
