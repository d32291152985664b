package dev.boxcar.opentelemetry;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.OutboxWriter;
import dev.boxcar.Publisher;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries traces through the outbox: the trace in which a message is written is stored with it, in the headers of whatever propagators
 * are configured ({@code traceparent}, {@code tracestate}, {@code baggage}), and goes on when the message is sent, seconds or days
 * later, perhaps in another process.
 *
 * <p>{@link #writer} stores it: write through what it returns. {@link #publisher} continues it, by the semantic conventions for
 * messaging:
 *
 * <ul>
 *   <li>A call with one message is a span {@code send} of kind {@code PRODUCER}, child of the writer's span. It takes the writer's place
 *       in the message's headers, so that the consumer continues from it.
 *   <li>A call with several is one span for all of them, with a link to each writer's span; the messages keep their writers' headers, so
 *       each consumer continues the trace of its own message. The span's kind is {@code CLIENT} then, as the conventions want it for
 *       a span that is not where its messages were created; and {@code PRODUCER} when some message had no trace of its own and was
 *       given this one.
 * </ul>
 *
 * <p>While the publisher is called, the span is current: what instruments the client becomes its child. The OpenTelemetry Java
 * agent instruments the Kafka client, which makes a span for each record by itself; use {@link #continueFrom} instead of
 * {@link #publisher} there.
 *
 * <p>Where there is no SDK, everything passes through unchanged. Safe for use by several threads; closes nothing.
 */
public final class OutboxTracing {

    private static final Logger log = LoggerFactory.getLogger(OutboxTracing.class);

    private final AtomicBoolean reported = new AtomicBoolean();
    private final Tracer tracer;
    private final TextMapPropagator propagator;

    private OutboxTracing(OpenTelemetry openTelemetry) {
        this.tracer = openTelemetry.getTracer(MessagingConventions.TRACER);
        this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
    }

    /** With this SDK's tracers and propagators. */
    public static OutboxTracing create(OpenTelemetry openTelemetry) {
        return new OutboxTracing(openTelemetry);
    }

    /**
     * A writer that stores the current trace with each message. A message that has one of the propagators' headers already keeps
     * its own. The headers count to the limit of headers ({@link dev.boxcar.MessageLimits}): {@code traceparent} has 66 bytes; a
     * {@code baggage} may have 8 KiB.
     *
     * @param writer for example an {@link dev.boxcar.Outbox}
     */
    public <T> OutboxWriter<T> writer(OutboxWriter<T> writer) {
        Objects.requireNonNull(writer, "writer");
        return (context, transaction, messages) -> {
            List<Message> traced = messages;
            try {
                traced = withCurrentTrace(messages);
            } catch (RuntimeException e) {
                failed(e);
            }
            writer.publish(context, transaction, traced);
        };
    }

    /** The headers of the current trace, for whoever writes into the outbox with SQL; empty outside of any trace. */
    public Map<String, String> currentHeaders() {
        Map<String, String> headers = new LinkedHashMap<>();
        propagator.inject(Context.current(), headers, (map, name, value) -> {
            if (map != null) {
                map.put(name, value);
            }
        });
        return headers;
    }

    /**
     * A publisher that makes spans of the calls to another one. All else is as the other says; close that one.
     *
     * @param system what the conventions call the product, for example {@code kafka}, {@code rabbitmq}, {@code aws_sqs}
     */
    public Publisher publisher(Publisher publisher, String system) {
        Objects.requireNonNull(publisher, "publisher");
        if (system.isBlank()) {
            throw new IllegalArgumentException("the messaging system must not be blank; for example: kafka");
        }
        return new TracingPublisher(publisher, system, tracer, this);
    }

    /**
     * Makes the trace that is stored with an entry current in this thread until the scope is closed: for a hook around the sending of
     * one entry, where something else instruments the client.
     */
    @SuppressWarnings("MustBeClosedChecker") // by the caller
    public Scope continueFrom(ClaimedEntry entry) {
        return stored(entry).makeCurrent();
    }

    /** Messages go their way all the same. */
    void failed(RuntimeException e) {
        if (reported.compareAndSet(false, true)) {
            log.warn("tracing failed; messages go on without it, and further failures are not logged", e);
        }
    }

    /** The trace that was stored with an entry; without one, the root. */
    Context stored(ClaimedEntry entry) {
        return entry.headers().isEmpty()
                ? Context.root()
                : propagator.extract(Context.root(), entry.headers(), HeaderGetter.INSTANCE);
    }

    /** The same entry with this trace in its headers. */
    ClaimedEntry with(Context context, ClaimedEntry entry) {
        Map<String, String> headers = new LinkedHashMap<>(entry.headers());
        propagator.fields().forEach(headers::remove);
        propagator.inject(context, headers, (map, name, value) -> {
            if (map != null) {
                map.put(name, value);
            }
        });
        return new ClaimedEntry(
                entry.id(),
                entry.context(),
                entry.messageId(),
                entry.key(),
                entry.payload(),
                headers,
                entry.type(),
                entry.attempt(),
                entry.createdAt());
    }

    private List<Message> withCurrentTrace(List<Message> messages) {
        Map<String, String> trace = currentHeaders();
        if (trace.isEmpty()) {
            return messages;
        }
        List<Message> traced = new ArrayList<>(messages.size());
        for (Message message : messages) {
            if (propagator.fields().stream().anyMatch(message.headers()::containsKey)) {
                traced.add(message);
            } else {
                Map<String, String> headers = new LinkedHashMap<>(message.headers());
                headers.putAll(trace);
                traced.add(message.withHeaders(headers));
            }
        }
        return traced;
    }

    private enum HeaderGetter implements TextMapGetter<Map<String, String>> {
        INSTANCE;

        @Override
        public Iterable<String> keys(Map<String, String> headers) {
            return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> headers, String name) {
            return headers == null ? null : headers.get(name);
        }
    }
}
