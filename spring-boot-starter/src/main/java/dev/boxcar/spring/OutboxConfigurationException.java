package dev.boxcar.spring;

import dev.boxcar.OutboxException;
import org.jspecify.annotations.Nullable;

/**
 * The application's configuration leaves open, or contradicts, what the outbox needs to know. Spring Boot shows its parts at the
 * start instead of a stack trace.
 */
public class OutboxConfigurationException extends OutboxException {

    private static final long serialVersionUID = 1L;

    private final String description;
    private final String action;

    /** With what is wrong, and what to do. */
    public OutboxConfigurationException(String description, String action) {
        this(description, action, null);
    }

    /** With what is wrong, what to do, and the cause. */
    public OutboxConfigurationException(String description, String action, @Nullable Throwable cause) {
        super(description + " " + action, cause);
        this.description = description;
        this.action = action;
    }

    /** What is wrong. */
    public String description() {
        return description;
    }

    /** What to do. */
    public String action() {
        return action;
    }
}
