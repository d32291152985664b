package dev.boxcar;

/** The outbox's tables are missing, or of a version that this library does not know. The message shows the command to run. */
public class SchemaException extends OutboxException {

    private static final long serialVersionUID = 1L;

    /** With a message that says what was found, what was expected, and the command to run. */
    public SchemaException(String message) {
        super(message);
    }
}
