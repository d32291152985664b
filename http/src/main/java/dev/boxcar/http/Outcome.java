package dev.boxcar.http;

/** What the status of a response means for the message. */
public enum Outcome {

    /** The receiver has taken the message: the entry is deleted. */
    SENT,

    /** The receiver will never take this message: it goes to the dead letters without another attempt. */
    REJECTED,

    /** The receiver did not take this message, and may take it later: it is tried again, which uses up an attempt. */
    FAILED,

    /** The receiver takes nothing at present: all its messages wait, and no attempt is used up. */
    UNAVAILABLE;

    /**
     * What {@link HttpPublisher} makes of a status unless told otherwise: 2xx {@link #SENT}; 408, 425, 429 and 5xx
     * {@link #UNAVAILABLE}, and so are 3xx, 401, 403 and 407, which blame the address or the credentials but not the message; all
     * other 4xx {@link #REJECTED}.
     */
    public static Outcome of(int status) {
        if (status >= 200 && status < 300) {
            return SENT;
        }
        return switch (status) {
            case 401, 403, 407, 408, 425, 429 -> UNAVAILABLE;
            default -> status >= 400 && status < 500 ? REJECTED : UNAVAILABLE;
        };
    }
}
