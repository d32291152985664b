package dev.boxcar;

import org.jspecify.annotations.Nullable;

/** The base of this library's own exceptions. Messages never contain payloads, keys or passwords. */
public class OutboxException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With a message that says who, what, and what now. */
    public OutboxException(String message) {
        super(message);
    }

    /** With a message that says who, what, and what now, and the cause. */
    public OutboxException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
