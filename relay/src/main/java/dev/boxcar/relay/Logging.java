package dev.boxcar.relay;

/** Chooses the log's form, before the first logger exists. */
final class Logging {

    private static final String FILE = "logback.configurationFile";

    private Logging() {}

    static void configure(boolean verbose) {
        System.setProperty("boxcar.log.level", verbose ? "DEBUG" : "INFO");
        if (System.getProperty(FILE) == null) {
            System.setProperty(FILE, "dev/boxcar/relay/logback.xml");
        }
    }
}
