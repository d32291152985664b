package dev.boxcar;

import org.jspecify.annotations.Nullable;

/** Thrown by a publisher when its destination cannot be reached. No entry uses up an attempt. */
public class PublisherUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With a message for the person on call. */
    public PublisherUnavailableException(String message) {
        super(message);
    }

    /** With a message for the person on call and the cause. */
    public PublisherUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
