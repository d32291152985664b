package dev.boxcar.jms;

import jakarta.jms.Connection;
import jakarta.jms.Destination;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection to the broker, opened when it is needed and again when it has broken. For one thread at a time. */
final class Link {

    /** Opens connections. */
    @FunctionalInterface
    interface Connector {
        Connection connect() throws JMSException;
    }

    /** A session and what sends in it. */
    static final class Line {

        private static final int REMEMBERED = 1_000;

        private final Session session;
        private final MessageProducer producer;
        private final Addresses addresses;
        private final Map<String, Destination> destinations = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Destination> eldest) {
                return size() > REMEMBERED;
            }
        };

        private Line(Session session, Addresses addresses) throws JMSException {
            this.session = session;
            this.addresses = addresses;
            producer = session.createProducer(null);
        }

        Session session() {
            return session;
        }

        /** Sends a message: in a transaction, or else with the broker's acknowledgement. */
        void send(String address, Message message) throws JMSException {
            Destination destination = destinations.get(address);
            if (destination == null) {
                destination = addresses.destination(session, address);
                destinations.put(address, destination);
            }
            producer.send(destination, message);
        }

        void commit() throws JMSException {
            session.commit();
        }

        void rollback() throws JMSException {
            session.rollback();
        }
    }

    private final Connector connector;
    private final Addresses addresses;
    private @Nullable Connection connection;
    private @Nullable Line transacted;
    private @Nullable Line single;
    private volatile boolean broken;

    Link(Connector connector, Addresses addresses) {
        this.connector = connector;
        this.addresses = addresses;
    }

    /** Where messages take effect together. */
    Line transacted() throws JMSException {
        Connection open = connection();
        Line line = transacted;
        if (line == null) {
            line = new Line(open.createSession(true, Session.SESSION_TRANSACTED), addresses);
            transacted = line;
        }
        return line;
    }

    /** Where each message takes effect by itself. */
    Line single() throws JMSException {
        Connection open = connection();
        Line line = single;
        if (line == null) {
            line = new Line(open.createSession(false, Session.AUTO_ACKNOWLEDGE), addresses);
            single = line;
        }
        return line;
    }

    private Connection connection() throws JMSException {
        if (broken) {
            drop();
        }
        Connection open = connection;
        if (open == null) {
            broken = false;
            open = connector.connect();
            connection = open;
            open.setExceptionListener(exception -> broken = true);
        }
        return open;
    }

    /** Whether the broker accepts a new connection. */
    boolean reopens() {
        drop();
        try {
            single();
            return true;
        } catch (JMSException | RuntimeException e) {
            drop();
            return false;
        }
    }

    /** Closes the connection; the next use opens another one. */
    @SuppressWarnings("EmptyCatch") // it was of no use any more
    void drop() {
        Connection last = connection;
        connection = null;
        transacted = null;
        single = null;
        if (last != null) {
            try {
                last.close();
            } catch (JMSException | RuntimeException e) {
                // Whatever was under way in it has no effect without its commit.
            }
        }
    }
}
