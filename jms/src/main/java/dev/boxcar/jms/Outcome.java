package dev.boxcar.jms;

import jakarta.jms.InvalidDestinationException;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import jakarta.jms.MessageFormatException;
import jakarta.jms.MessageNotWriteableException;
import jakarta.jms.ResourceAllocationException;
import org.jspecify.annotations.Nullable;

/** What an exception means that a message, sent by itself, has met. */
public enum Outcome {

    /** The broker will never take this message: it goes to the dead letters without another attempt. */
    REJECTED,

    /** The broker did not take this message, and may take it later: it is tried again, which uses up an attempt. */
    FAILED,

    /** The broker takes nothing at present: all messages wait, and no attempt is used up. */
    UNAVAILABLE;

    /**
     * What {@link JmsPublisher} makes of an exception unless told otherwise: a destination that does not exist, or that one may not
     * write to, is {@link #FAILED}; a destination that is full is {@link #UNAVAILABLE}; a message of a wrong format is
     * {@link #REJECTED}. Of all others JMS does not say whether the message is at fault or the broker: null. Then it is
     * {@link #FAILED} if the broker accepts a new connection, and {@link #UNAVAILABLE} if not.
     */
    public static @Nullable Outcome of(JMSException exception) {
        if (exception instanceof InvalidDestinationException || exception instanceof JMSSecurityException) {
            return FAILED;
        }
        if (exception instanceof ResourceAllocationException) {
            return UNAVAILABLE;
        }
        return exception instanceof MessageFormatException || exception instanceof MessageNotWriteableException
                ? REJECTED
                : null;
    }
}
