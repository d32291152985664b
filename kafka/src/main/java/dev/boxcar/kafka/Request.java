package dev.boxcar.kafka;

import dev.boxcar.PublishLease;
import dev.boxcar.PublishResult;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A call of a {@link TransactionalSession}, with what is known of each of its entries. For the session's thread alone. */
final class Request {
    final Call call;
    final PublishLease lease;
    final @Nullable String[] topics;
    final boolean[] settled;
    /** Whether it has waited for a topic. */
    boolean parked;

    Request(Call call, PublishLease lease) {
        this.call = call;
        this.lease = lease;
        this.topics = new String[call.size()];
        this.settled = new boolean[call.size()];
    }

    void settle(int index, PublishResult result) {
        if (!settled[index]) {
            settled[index] = true;
            call.settle(index, result);
        }
    }

    void settleRest(PublishResult result) {
        for (int i = 0; i < settled.length; i++) {
            settle(i, result);
        }
    }

    void refuse(int index, Outcome outcome) {
        if (outcome.holdsKey()) {
            call.hold(index);
        }
        settle(index, outcome.result());
    }

    void refuseAllFor(Set<String> refused, Exception cause) {
        for (int i = 0; i < topics.length; i++) {
            String topic = topics[i];
            if (topic != null && refused.contains(topic) && !settled[i]) {
                refuse(i, Outcome.of(topic, cause));
            }
        }
    }

    /** Whether an entry has no result yet. */
    boolean hasMore() {
        for (boolean each : settled) {
            if (!each) {
                return true;
            }
        }
        return false;
    }
}
