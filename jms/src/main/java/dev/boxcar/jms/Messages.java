package dev.boxcar.jms;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import jakarta.jms.BytesMessage;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Turns entries into messages. Immutable and safe to share.
 *
 * @param text whether payloads are sent as texts
 * @param groups whether the key is the message's group
 * @param duplicateDetection whether Artemis is given the message id
 * @param customizer completes each message
 */
record Messages(boolean text, boolean groups, boolean duplicateDetection, MessageCustomizer customizer) {

    /** Artemis drops a message whose id its address has seen; it means nothing to other brokers. */
    private static final String ARTEMIS_DUPLICATE_ID = "_AMQ_DUPL_ID";

    private static final String GROUP = "JMSXGroupID";

    /** Why an entry cannot be sent whatever the broker says, or null. */
    @Nullable
    PublishResult refusal(ClaimedEntry entry) {
        return text && decoded(entry.payload()) == null
                ? PublishResult.rejected("the payload is not UTF-8, and payloads are to be sent as texts")
                : null;
    }

    /** An empty message of the kind that is wanted. */
    Message create(Session session) throws JMSException {
        return text ? session.createTextMessage() : session.createBytesMessage();
    }

    /**
     * Fills a message with what an entry holds. Asks nothing of the broker: whatever it throws is a fault of the entry or the
     * customizer.
     */
    void fill(Message message, ClaimedEntry entry) throws JMSException {
        for (Map.Entry<String, String> header : entry.headers().entrySet()) {
            if (!header.getKey().startsWith(BoxcarProperties.PREFIX)) {
                message.setStringProperty(PropertyNames.of(header.getKey()), header.getValue());
            }
        }
        message.setStringProperty(BoxcarProperties.ID, entry.messageId());
        message.setLongProperty(BoxcarProperties.CREATED, entry.createdAt().toEpochMilli());
        if (!entry.namespace().isEmpty()) {
            message.setStringProperty(BoxcarProperties.NAMESPACE, entry.namespace());
        }
        if (entry.type() != null) {
            message.setJMSType(entry.type());
        }
        if (duplicateDetection) {
            message.setStringProperty(ARTEMIS_DUPLICATE_ID, entry.messageId());
        }
        byte[] key = entry.key();
        if (key != null) {
            setKey(message, key);
        }
        if (message instanceof TextMessage textMessage) {
            textMessage.setText(new String(entry.payload(), UTF_8));
        } else {
            ((BytesMessage) message).writeBytes(entry.payload());
        }
        customizer.customize(entry, message);
    }

    private void setKey(Message message, byte[] key) throws JMSException {
        String asText = decoded(key);
        String value = asText == null ? Base64.getEncoder().encodeToString(key) : asText;
        message.setStringProperty(asText == null ? BoxcarProperties.BINARY_KEY : BoxcarProperties.KEY, value);
        if (groups && !value.isEmpty()) {
            message.setStringProperty(GROUP, value);
        }
    }

    private static @Nullable String decoded(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
