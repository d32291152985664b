package dev.boxcar.relay;

import org.jspecify.annotations.Nullable;

/** A failure whose message is all that the person on call needs to read. */
final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CommandFailure(String message) {
        super(message);
    }

    CommandFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
