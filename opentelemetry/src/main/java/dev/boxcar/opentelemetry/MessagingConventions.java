package dev.boxcar.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;

/**
 * The names that the spans of {@link OutboxTracing} use: those of OpenTelemetry's semantic conventions for messaging, as of version
 * 1.37, which are not final yet, and Boxcar's own. Keys and payloads never become attributes.
 */
public final class MessagingConventions {

    /** The name of the tracer. */
    public static final String TRACER = "dev.boxcar";

    /** The operation's name, with which names of spans begin, and its type. */
    public static final String SEND = "send";

    /** The product that takes the messages, for example {@code kafka}. */
    public static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");

    /** Always {@value #SEND}. */
    public static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");

    /** Always {@value #SEND}. */
    public static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");

    /** Where the messages go, if it is the same for all of a call. */
    public static final AttributeKey<String> DESTINATION_NAME = AttributeKey.stringKey("messaging.destination.name");

    /** How many messages a call has, if more than one. */
    public static final AttributeKey<Long> BATCH_MESSAGE_COUNT = AttributeKey.longKey("messaging.batch.message_count");

    /** The message's id; of a call with several, on the link to its writer. */
    public static final AttributeKey<String> MESSAGE_ID = AttributeKey.stringKey("messaging.message.id");

    /** The size of the payload in bytes, of a call with one message. */
    public static final AttributeKey<Long> MESSAGE_BODY_SIZE = AttributeKey.longKey("messaging.message.body.size");

    /**
     * Why not all messages of a call were sent: {@code unavailable}, {@code rejected}, {@code failed}, {@code skipped}, or the class of
     * what was thrown.
     */
    public static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");

    /** How many attempts there have been of the only message of a call, this one included. */
    public static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("boxcar.attempt");

    /** How many messages of a call were not sent. */
    public static final AttributeKey<Long> FAILURE_COUNT = AttributeKey.longKey("boxcar.failure_count");

    private MessagingConventions() {}
}
