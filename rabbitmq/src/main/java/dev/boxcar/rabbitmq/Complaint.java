package dev.boxcar.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;
import dev.boxcar.PublishResult;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What it means that RabbitMQ closed a channel or a connection. */
final class Complaint {

    private Complaint() {}

    /**
     * The result of the message that RabbitMQ complains about, or null if it closed for another reason: because it stops, because
     * it failed itself, or because the connection broke.
     */
    static @Nullable PublishResult of(ShutdownSignalException cause) {
        if (cause.isInitiatedByApplication()) {
            return null;
        }
        int code = code(cause.getReason());
        String text = "RabbitMQ refused the message: " + text(cause);
        return switch (code) {
            case AMQP.CONTENT_TOO_LARGE, AMQP.PRECONDITION_FAILED, AMQP.FRAME_ERROR, AMQP.SYNTAX_ERROR ->
                PublishResult.rejected(text);
            // There is no such exchange; it may be declared later.
            case AMQP.NOT_FOUND -> PublishResult.failed(text);
            // The credentials are to blame, not the message.
            case AMQP.ACCESS_REFUSED -> PublishResult.unavailable(text);
            default -> null;
        };
    }

    private static int code(@Nullable Method reason) {
        if (reason instanceof AMQP.Channel.Close close) {
            return close.getReplyCode();
        }
        return reason instanceof AMQP.Connection.Close close ? close.getReplyCode() : 0;
    }

    /** Why it closed, for people. The text of RabbitMQ names exchanges and sizes. */
    static String text(ShutdownSignalException cause) {
        Method reason = cause.getReason();
        if (reason instanceof AMQP.Channel.Close close) {
            return close.getReplyCode() + " " + close.getReplyText();
        }
        if (reason instanceof AMQP.Connection.Close close) {
            return close.getReplyCode() + " " + close.getReplyText();
        }
        Throwable broken = cause.getCause();
        return broken instanceof IOException ? describe(broken) : "it broke";
    }

    /** A failure in one line, for people. */
    static String describe(Throwable failure) {
        Throwable cause = failure.getMessage() == null && failure.getCause() != null ? failure.getCause() : failure;
        String name = cause.getClass().getSimpleName();
        return cause.getMessage() == null ? name : name + ": " + cause.getMessage();
    }
}
