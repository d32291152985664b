package dev.boxcar.spring;

import dev.boxcar.OutboxException;
import org.jspecify.annotations.Nullable;

/** An event could not become a message. The transaction in which it was published cannot commit any more. */
public class OutboxEventException extends OutboxException {

    private static final long serialVersionUID = 1L;

    /** With what failed, and the cause. */
    public OutboxEventException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
