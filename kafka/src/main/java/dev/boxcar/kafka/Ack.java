package dev.boxcar.kafka;

import dev.boxcar.PublishResult;
import dev.boxcar.kafka.LiveProducer.TopicState;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for the acknowledgement of one record. Runs in the client's thread, but for what fails inside {@code send}. */
final class Ack implements Callback {

    private final Call call;
    private final int index;
    private final String topic;
    private final LiveProducer producer;
    private final Troubles troubles;
    private final Thread sender = Thread.currentThread();
    private final long handedOverAt = System.nanoTime();
    private final long cost;
    /** Whether no other entry of its key is sent in this call. */
    private final boolean single;

    private @Nullable Exception refusal;

    Ack(Call call, int index, String topic, LiveProducer producer, Troubles troubles) {
        this.call = call;
        this.index = index;
        this.topic = topic;
        this.producer = producer;
        this.troubles = troubles;
        this.cost = Window.cost(call.entry(index), !producer.hasMet(topic));
        this.single = troubles.has(topic, handedOverAt);
    }

    /** What the record takes of the client's window. */
    long cost() {
        return cost;
    }

    boolean isSingle() {
        return single;
    }

    /** Why {@code send} did not take the record, or null. For the thread that sends. */
    @Nullable
    Exception refusal() {
        return refusal;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
        long now = System.nanoTime();
        if (failure == null) {
            producer.window().acknowledged(cost, handedOverAt, now);
            producer.met(topic);
            if (metadata != null) {
                troubles.remove(new TopicPartition(topic, metadata.partition()));
            }
            call.settle(index, PublishResult.SENT);
        } else if (Thread.currentThread() == sender) {
            refusal = failure;
        } else {
            producer.window().giveBack(cost);
            fail(failure, metadata, now);
        }
    }

    /** The order of the statements matters: see {@link LiveProducer}. */
    private void fail(Exception failure, @Nullable RecordMetadata metadata, long now) {
        String ended = producer.endReason();
        if (ended != null) {
            call.settle(index, PublishResult.unavailable(ended));
            return;
        }
        Outcome outcome = outcome(failure);
        boolean breaksOrder =
                !single && !(outcome.result() instanceof PublishResult.Failed) && call.hasLaterOfSameKey(index);
        PublishResult result = outcome.result();
        if (failure instanceof RetriableException && result instanceof PublishResult.Unavailable) {
            boolean othersAreFine = producer.window().answers(now);
            if (metadata != null && metadata.partition() >= 0) {
                troubles.add(new TopicPartition(topic, metadata.partition()), outcome.text(), othersAreFine, now);
            }
            if (othersAreFine && !breaksOrder) {
                result = PublishResult.SKIPPED; // one partition is not available; Kafka is
            }
        }
        if (outcome.endsProducer() || breaksOrder) {
            producer.end(outcome.text());
        }
        call.settle(index, result);
    }

    private Outcome outcome(Exception failure) {
        if (failure instanceof TimeoutException && isMissing()) {
            return Outcome.missingTopic(topic);
        }
        if (failure.getClass() == KafkaException.class) {
            // A broker names the records that it objects to; the others of their batch come back with this. The next
            // attempt is without the culprits, for they have been rejected.
            return Outcome.SKIPPED;
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
