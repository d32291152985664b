package dev.boxcar;

/** A message was refused before anything was written: too large, or malformed. */
public class InvalidMessageException extends OutboxException {

    private static final long serialVersionUID = 1L;

    /** With a message that names the part, its size and the limit. */
    public InvalidMessageException(String message) {
        super(message);
    }
}
