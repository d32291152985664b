package dev.boxcar.nats;

import dev.boxcar.PublishResult;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamStatusException;
import io.nats.client.Message;
import io.nats.client.api.PublishAck;
import java.io.IOException;

/** What JetStream's answer, or none, means for a message. */
final class Outcome {

    private static final int NO_RESPONDERS = 503;

    private Outcome() {}

    /** Of an answer. One that says that it is a duplicate is an acknowledgement: it had arrived before. */
    static PublishResult of(Message answer) {
        try {
            PublishAck ack = new PublishAck(answer);
            return ack.getSeqno() > 0 || ack.isDuplicate() ? PublishResult.SENT : noStream();
        } catch (JetStreamApiException e) {
            return refused(e);
        } catch (IOException | RuntimeException e) {
            return noStream();
        }
    }

    /** Somebody answers who is no stream. */
    private static PublishResult noStream() {
        return PublishResult.failed("unroutable: the subject is not a stream's; something else has answered");
    }

    /** JetStream numbers its refusals like HTTP. */
    private static PublishResult refused(JetStreamApiException e) {
        if (e.getApiErrorCode() <= 0) {
            return noStream(); // the client could not read the answer
        }
        int code = e.getErrorCode();
        String reason = "JetStream refused the message: " + e.getErrorDescription() + " (" + e.getApiErrorCode() + ")";
        if (code >= 500 || code == 408 || code == 429 || code == 401 || code == 403) {
            return PublishResult.unavailable(reason);
        }
        return code == 404 ? PublishResult.failed(reason) : PublishResult.rejected(reason);
    }

    /** Whether nobody listens to the subject: there is no stream for it, or it has no leader at present. */
    static boolean nobodyListens(Throwable failure) {
        Throwable cause = failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof JetStreamStatusException status
                && status.getStatus() != null
                && status.getStatus().getCode() == NO_RESPONDERS;
    }
}
