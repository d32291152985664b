package dev.boxcar;

/**
 * The right under which a processor makes a publish call: for publishers whose destination can refuse what a processor sends
 * after it has lost that right. Safe for use by several threads.
 */
public interface PublishLease {

    /**
     * In whose name the call is made: one life of a processor, from joining until its claims end. Unique for ever; may contain
     * letters, digits and hyphens.
     */
    String session();

    /**
     * Whether the session's claims were surely valid a moment ago, when this was called. A publisher that identifies itself to its
     * destination asks this <em>afterwards</em>, and before it sends: whoever takes the claims over does so later then, and
     * {@linkplain Publisher#fence fences} what the publisher has just identified.
     */
    boolean isValid();
}
