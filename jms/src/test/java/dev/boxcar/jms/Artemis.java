package dev.boxcar.jms;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.testkit.Received;
import dev.boxcar.testservers.ArtemisServer;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;
import org.jspecify.annotations.Nullable;

/** What the tests of this module share: a broker, entries, and a consumer that takes messages apart. */
final class Artemis {

    static final Instant CREATED = Instant.parse("2026-03-01T10:15:30.123Z");

    /** Longer than the largest record of the journal, in which properties must fit. */
    static final int TOO_LONG_FOR_A_HEADER = 2_000_000;

    private static final String SETTINGS = """
            <address-setting match="strict.#">
              <auto-create-queues>false</auto-create-queues>
              <auto-create-addresses>false</auto-create-addresses>
            </address-setting>
            <!-- The client looks there as well, for the sake of Artemis 1. -->
            <address-setting match="jms.queue.#">
              <auto-create-queues>false</auto-create-queues>
              <auto-create-addresses>false</auto-create-addresses>
            </address-setting>
            <address-setting match="full.#">
              <max-size-bytes>200000</max-size-bytes>
              <address-full-policy>FAIL</address-full-policy>
            </address-setting>
            <address-setting match="blocked.#">
              <max-size-bytes>200000</max-size-bytes>
              <address-full-policy>BLOCK</address-full-policy>
            </address-setting>
            """;

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final Pattern ESCAPED = Pattern.compile("_(DOT|HYPHEN|x([0-9a-f]+))_");

    private Artemis() {}

    /** Holds the broker of all tests. */
    private static final class Shared {
        static final ArtemisServer SERVER = start(); // ends with the JVM
    }

    static ArtemisServer start() {
        return ArtemisServer.start(SETTINGS);
    }

    /** One broker for all tests of this module; whoever pauses it resumes it. */
    static ArtemisServer shared() {
        return Shared.SERVER;
    }

    static ActiveMQConnectionFactory factory(ArtemisServer server) {
        return new ActiveMQConnectionFactory(server.url() + "?callTimeout=4000");
    }

    /** Patient, because the machine that runs the tests may be busy with something else. */
    static JmsPublisher.Builder publisher(ArtemisServer server) {
        return JmsPublisher.builder(factory(server)).publishTimeout(Duration.ofSeconds(8));
    }

    static String newQueue() {
        return "queue." + NUMBER.incrementAndGet();
    }

    static ClaimedEntry entry(String namespace, long id, Message message) {
        return new ClaimedEntry(
                id,
                OutboxContext.ofNamespace(namespace),
                namespace + "-" + id,
                message.key(),
                message.payload(),
                message.headers(),
                message.type(),
                1,
                CREATED);
    }

    /** Takes all messages that a queue holds. */
    static List<jakarta.jms.Message> take(ArtemisServer server, String queue) throws JMSException {
        try (ActiveMQConnectionFactory factory = factory(server);
                Connection connection = factory.createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageConsumer consumer = session.createConsumer(session.createQueue(queue))) {
            connection.start();
            List<jakarta.jms.Message> all = new ArrayList<>();
            for (jakarta.jms.Message next = consumer.receive(200); next != null; next = consumer.receive(200)) {
                if (next instanceof BytesMessage bytes) {
                    bytes.getBodyLength(); // a large one is fetched when somebody looks, and only while the session
                    // is open
                }
                all.add(next);
            }
            return all;
        }
    }

    static List<String> texts(ArtemisServer server, String queue) throws JMSException {
        List<String> texts = new ArrayList<>();
        for (jakarta.jms.Message message : take(server, queue)) {
            texts.add(new String(payload(message), UTF_8));
        }
        return texts;
    }

    static Received takenApart(jakarta.jms.Message message) throws JMSException {
        Map<String, String> headers = new TreeMap<>();
        Enumeration<?> names = message.getPropertyNames();
        for (Object each : Collections.list(names)) {
            String name = String.valueOf(each);
            if (!name.startsWith(BoxcarProperties.PREFIX) && !name.startsWith("JMSX") && !name.startsWith("_AMQ")) {
                headers.put(decoded(name), message.getStringProperty(name));
            }
        }
        return new Received(
                key(message),
                payload(message),
                headers,
                Objects.requireNonNull(message.getStringProperty(BoxcarProperties.ID), "no id"),
                message.getJMSType(),
                Instant.ofEpochMilli(message.getLongProperty(BoxcarProperties.CREATED)));
    }

    private static byte @Nullable [] key(jakarta.jms.Message message) throws JMSException {
        String binary = message.getStringProperty(BoxcarProperties.BINARY_KEY);
        String text = message.getStringProperty(BoxcarProperties.KEY);
        if (binary != null) {
            return Base64.getDecoder().decode(binary);
        }
        return text == null ? null : text.getBytes(UTF_8);
    }

    static byte[] payload(jakarta.jms.Message message) throws JMSException {
        if (message instanceof TextMessage text) {
            return Objects.requireNonNullElse(text.getText(), "").getBytes(UTF_8);
        }
        BytesMessage bytes = (BytesMessage) message;
        byte[] payload = new byte[(int) bytes.getBodyLength()];
        bytes.readBytes(payload);
        return payload;
    }

    private static String decoded(String name) {
        Matcher matcher = ESCAPED.matcher(name);
        return matcher.replaceAll(found -> switch (found.group(1)) {
            case "DOT" -> ".";
            case "HYPHEN" -> "-";
            default -> Character.toString(Integer.parseInt(found.group(2), 16));
        });
    }
}
