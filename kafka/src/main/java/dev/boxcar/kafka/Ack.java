package dev.boxcar.kafka;

import dev.boxcar.PublishResult;
import dev.boxcar.kafka.LiveProducer.TopicState;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for the acknowledgement of one record. Runs in the client's thread, but for what fails inside {@code send}. */
final class Ack implements Callback {

    private final Call call;
    private final int index;
    private final String topic;
    private final LiveProducer producer;
    private final Thread sender = Thread.currentThread();

    private @Nullable Exception refusal;

    Ack(Call call, int index, String topic, LiveProducer producer) {
        this.call = call;
        this.index = index;
        this.topic = topic;
        this.producer = producer;
    }

    /** Why {@code send} did not take the record, or null. For the thread that sends. */
    @Nullable
    Exception refusal() {
        return refusal;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
        if (failure == null) {
            call.settle(index, PublishResult.SENT);
        } else if (Thread.currentThread() == sender) {
            refusal = failure;
        } else {
            fail(failure);
        }
    }

    /** The order of the statements matters: see {@link LiveProducer}. */
    private void fail(Exception failure) {
        String ended = producer.endReason();
        if (ended != null) {
            call.settle(index, PublishResult.unavailable(ended));
            return;
        }
        Outcome outcome = outcome(failure);
        boolean breaksOrder = !(outcome.result() instanceof PublishResult.Failed) && call.hasLaterOfSameKey(index);
        if (outcome.endsProducer() || breaksOrder) {
            producer.end(outcome.text());
        }
        call.settle(index, outcome.result());
    }

    private Outcome outcome(Exception failure) {
        if (failure instanceof TimeoutException && isMissing()) {
            return Outcome.missingTopic(topic);
        }
        if (failure.getClass() == KafkaException.class) {
            // A broker names the records that it objects to; the others of their batch come back with this. The next
            // attempt is without the culprits, for they have been rejected.
            return new Outcome(PublishResult.SKIPPED, false);
        }
        return Outcome.of(topic, failure);
    }

    private boolean isMissing() {
        try {
            return producer.look(topic) == TopicState.MISSING;
        } catch (RuntimeException e) {
            return false;
        }
    }
}
