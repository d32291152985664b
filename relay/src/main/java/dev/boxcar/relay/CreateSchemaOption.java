package dev.boxcar.relay;

import picocli.CommandLine.Option;

/** Whether missing tables are created. */
final class CreateSchemaOption implements SettingOptions {

    @Option(
            names = "--create-schema",
            description = "Create missing tables. The embedded database always does; elsewhere a person or a migration "
                    + "tool should: see 'boxcar schema print'.")
    boolean create;

    @Override
    public String heading() {
        return "Database";
    }
}
