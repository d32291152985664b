package dev.boxcar.relay;

/** What the process answers to the shell. */
final class ExitCode {

    /** Everything went well. A relay that was asked to stop by a signal ends with 128 + the signal's number instead. */
    static final int OK = 0;

    /** Something failed at run time: the database refused, standard output was closed. */
    static final int FAILED = 1;

    /** The command line, the environment or a file that it names is wrong. */
    static final int USAGE = 2;

    /** The outbox's tables are missing or of another version; the message shows the command to run. */
    static final int SCHEMA = 3;

    private ExitCode() {}
}
