package dev.boxcar.jms;

import dev.boxcar.ClaimedEntry;
import jakarta.jms.JMSException;
import jakarta.jms.Message;

/** Completes a message before it is sent: with a correlation id, or properties that a broker or a consumer expects. */
@FunctionalInterface
public interface MessageCustomizer {

    /**
     * Changes the message of an entry. Must be quick, safe for use by several threads, and do the same in every attempt.
     *
     * @throws JMSException when the message does not take it; like any other exception, a failure of the entry
     */
    void customize(ClaimedEntry entry, Message message) throws JMSException;
}
