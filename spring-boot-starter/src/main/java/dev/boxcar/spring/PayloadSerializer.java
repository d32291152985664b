package dev.boxcar.spring;

/**
 * Makes the payload of a message of an object, for domain events. A bean of the application takes the place of the auto-configured one,
 * which writes JSON with the application's own Jackson, 3 or 2.
 *
 * <p>Must be safe for use by several threads. An exception makes the transaction fail in which the event was published; it should not
 * show content.
 */
public interface PayloadSerializer {

    /** The payload. */
    byte[] serialize(Object content);

    /** What it is, for the message's header {@code content-type}; for example {@code application/json}. */
    String contentType();
}
