package dev.boxcar.simulation;

import static dev.boxcar.simulation.Scheduler.NEVER;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A publish call, as somebody sees it who knows everything. */
final class Call {

    final Node node;
    final String session;
    final String destination;
    final List<ClaimedEntry> entries;
    final long startedAt;
    private long answeredAt = NEVER;
    private @Nullable PublishResults answer;

    Call(Node node, String session, String destination, List<ClaimedEntry> entries, long startedAt) {
        this.node = node;
        this.session = session;
        this.destination = destination;
        this.entries = entries;
        this.startedAt = startedAt;
    }

    /** The processor gets its answer; null when it is an exception. */
    void answered(@Nullable PublishResults results, long now) {
        if (answeredAt == NEVER) {
            answer = results;
            answeredAt = now;
        }
    }

    long givenUpAt() {
        return startedAt + Plan.GIVEN_UP;
    }

    /** Whether the processor waits for it no longer. */
    boolean isOver(long now) {
        return answeredAt <= now || now >= givenUpAt();
    }

    /** Whether the processor was told in time that the entry was sent. */
    boolean isAcknowledged(long entryId) {
        return answer != null && answeredAt < givenUpAt() && answer.of(entryId) instanceof PublishResult.Sent;
    }
}
