package dev.boxcar.relay;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Exceptions in one line for people. */
final class Failures {

    private Failures() {}

    /** What failed, and what the cause says beyond that. */
    static String text(Throwable failure) {
        String text = message(failure);
        String cause = message(mostTelling(failure));
        return oneLine(text.contains(cause) ? text : text + ": " + cause);
    }

    /** The innermost cause; but a driver names the host where the network below it says no more than "refused". */
    private static Throwable mostTelling(Throwable failure) {
        Throwable telling = failure;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException || !(telling instanceof SQLException)) {
                telling = cause;
            }
        }
        return telling;
    }

    private static String message(Throwable failure) {
        @Nullable String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
