package dev.boxcar.kafka;

import dev.boxcar.PublishResult;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/**
 * What a failure of the client means. The table for people is in {@link KafkaPublisher}.
 *
 * @param result the entry's result
 * @param endsProducer whether the producer must not be used any more
 */
record Outcome(PublishResult result, boolean endsProducer) {

    /** It did not leave; it goes with a later call. */
    static final Outcome SKIPPED = new Outcome(PublishResult.SKIPPED, false);

    /** Whether a later entry of the same key must not take effect. */
    boolean holdsKey() {
        return !(result instanceof PublishResult.Failed failed) || failed.retryable();
    }

    /** The reason of the result, for people. */
    String text() {
        if (result instanceof PublishResult.Unavailable unavailable) {
            return unavailable.reason();
        }
        return result instanceof PublishResult.Failed failed
                ? failed.reason()
                : "something before it did not come through";
    }

    /** The topic does not exist, or not yet. */
    static Outcome missingTopic(String topic) {
        return failed("topic '" + topic + "' does not exist");
    }

    /** Of an exception that the client threw; one that has just been ended in another thread throws whatever is asked of it. */
    static Outcome of(String topic, Exception failure, @Nullable String endReason) {
        return endReason != null ? ended(endReason) : of(topic, failure);
    }

    /** Of an exception that the client threw, or handed to a callback. */
    static Outcome of(String topic, Exception failure) {
        if (failure instanceof RecordTooLargeException || failure instanceof RecordBatchTooLargeException) {
            return rejected("too large: " + failure.getMessage());
        }
        if (failure instanceof InvalidTopicException) {
            return rejected("'" + topic + "' is no valid name of a topic");
        }
        if (failure instanceof InvalidRecordException || failure instanceof SerializationException) {
            return rejected("topic '" + topic + "' refuses the record: " + failure.getMessage());
        }
        if (failure instanceof TopicAuthorizationException) {
            return failed("no permission to write to topic '" + topic + "'");
        }
        if (failure instanceof InvalidTimestampException) {
            // Records carry the time of sending, so this is about this machine's clock, not about the message.
            return unavailable("the clocks of this machine and of the broker differ: " + failure.getMessage(), false);
        }
        if (failure instanceof RetriableException) {
            return unavailable(describe(failure), false);
        }
        if (isFatal(failure)) {
            return unavailable(describe(failure), true);
        }
        if (failure instanceof ApiException) {
            return failed("the broker refuses the record: " + describe(failure));
        }
        if (failure instanceof KafkaException) {
            // The producer has been closed, or is in a state that it does not leave any more.
            return unavailable(describe(failure), true);
        }
        // Out of a partitioner, interceptor or metrics reporter; its text may quote the message.
        return failed("the client failed: " + failure.getClass().getName());
    }

    private static boolean isFatal(Exception failure) {
        return failure instanceof AuthenticationException
                || failure instanceof AuthorizationException
                || failure instanceof ProducerFencedException
                || failure instanceof OutOfOrderSequenceException
                || failure instanceof UnknownProducerIdException
                || failure instanceof InvalidProducerEpochException
                || failure instanceof InvalidPidMappingException
                || failure instanceof InvalidTxnStateException
                || failure instanceof UnsupportedVersionException;
    }

    /** A failure in one line, for people. */
    static String describe(Exception failure) {
        String name = failure.getClass().getSimpleName().replaceFirst("Exception$", "");
        return failure.getMessage() == null ? name : name + ": " + failure.getMessage();
    }

    private static Outcome rejected(String reason) {
        return new Outcome(PublishResult.rejected(reason), false);
    }

    private static Outcome failed(String reason) {
        return new Outcome(PublishResult.failed(reason), false);
    }

    /** Of a client that is used no more; its end has been seen to. */
    static Outcome ended(String reason) {
        return unavailable(reason, false);
    }

    private static Outcome unavailable(String reason, boolean endsProducer) {
        return new Outcome(PublishResult.unavailable(reason), endsProducer);
    }
}
