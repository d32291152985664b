package dev.boxcar;

import java.util.List;

/**
 * Thrown by a {@link BlockingPublisher} when some entries were published and others were not.
 *
 * <p>Entries without a result in {@link #results()} count as not sent.
 */
public class PublishException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient PublishResults results;
    private final int errorCount;

    /** With the result of each entry of the call. */
    public PublishException(List<ClaimedEntry> entries, PublishResults results) {
        super(results.failureCount(entries) + " of " + entries.size() + " messages were not published");
        this.results = results;
        this.errorCount = results.failureCount(entries);
    }

    /** One result for each entry. */
    public PublishResults results() {
        return results;
    }

    /** How many entries were not published. */
    public int errorCount() {
        return errorCount;
    }
}
