package dev.boxcar.benchmarks;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A contestant at work in one place. Closing it ends all that it started. */
public interface Deployment extends AutoCloseable {

    /** What an application does in the same transaction. */
    @FunctionalInterface
    interface Business {
        /** Nothing but the messages. */
        Business NONE = connection -> {};

        void on(Connection connection) throws SQLException;
    }

    /** Writes messages in one transaction with a piece of business, in the contestant's own way, and commits. */
    void write(Business business, List<Load.Item> items) throws Exception;

    /**
     * Writes messages in one transaction, for another topic than that of the place; it exists.
     *
     * @throws UnsupportedOperationException when it has been set up for one topic
     */
    default void writeTo(String topic, List<Load.Item> items) throws Exception {
        throw new UnsupportedOperationException("set up for one topic");
    }

    /** Begins to deliver. */
    void start() throws Exception;

    /**
     * How many messages it is done with: acknowledged, and deleted or marked. Negative when it does not tell; then a message is
     * done when it is in Kafka.
     */
    default long done() {
        return -1;
    }

    /** How many statements its delivering side has executed, writers aside. Negative when it does not tell. */
    default long statements() {
        return -1;
    }

    /** How many of those statements looked for messages. Negative when it does not tell. */
    default long looks() {
        return -1;
    }

    /** How many bytes of payload it has under way in memory now. Negative when it does not tell. */
    default long bytesInFlight() {
        return -1;
    }

    @Override
    void close() throws Exception;
}
