package dev.boxcar;

import org.jspecify.annotations.Nullable;

/** The storage failed: the database cannot be reached, or refused a statement. The processor tries again by itself. */
public class StorageException extends OutboxException {

    private static final long serialVersionUID = 1L;

    /** With what was tried, and the cause. */
    public StorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
