package dev.boxcar.opentelemetry;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.ForwardingPublisher;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import dev.boxcar.PublisherUnavailableException;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes a span of each call to a publisher; see {@link OutboxTracing}. */
final class TracingPublisher extends ForwardingPublisher {

    private final String system;
    private final Tracer tracer;
    private final OutboxTracing tracing;

    TracingPublisher(Publisher publisher, String system, Tracer tracer, OutboxTracing tracing) {
        super(publisher);
        this.system = system;
        this.tracer = tracer;
        this.tracing = tracing;
    }

    /** A call about to be made. */
    private record Prepared(List<ClaimedEntry> entries, Span span, Context context) {}

    @Override
    @SuppressWarnings("try") // a scope is there to be closed
    protected CompletionStage<PublishResults> publish(
            List<ClaimedEntry> entries, Function<List<ClaimedEntry>, CompletionStage<PublishResults>> call) {
        Prepared prepared;
        try {
            prepared = prepare(entries);
        } catch (RuntimeException e) {
            tracing.failed(e);
            return call.apply(entries);
        }
        CompletionStage<PublishResults> stage;
        try (Scope scope = prepared.context.makeCurrent()) {
            stage = Objects.requireNonNull(
                    call.apply(prepared.entries), "the publisher returned null instead of a stage");
        } catch (Throwable e) {
            end(prepared.span, entries, null, e);
            throw e;
        }
        return stage.whenComplete((results, failure) -> end(prepared.span, entries, results, failure));
    }

    private Prepared prepare(List<ClaimedEntry> entries) {
        List<Context> stored = new ArrayList<>(entries.size());
        entries.forEach(entry -> stored.add(tracing.stored(entry)));
        boolean single = entries.size() == 1;
        Span span = single ? single(entries.get(0), stored.get(0)) : batch(entries, stored);
        Context context = (single ? parent(stored.get(0)) : Context.current()).with(span);
        return new Prepared(outgoing(entries, stored, context), span, context);
    }

    private Span single(ClaimedEntry entry, Context stored) {
        SpanBuilder builder = builder(List.of(entry))
                .setParent(parent(stored))
                .setSpanKind(SpanKind.PRODUCER)
                .setAttribute(MessagingConventions.MESSAGE_ID, entry.messageId())
                .setAttribute(MessagingConventions.MESSAGE_BODY_SIZE, (long) entry.payload().length);
        if (entry.attempt() > 1) {
            builder.setAttribute(MessagingConventions.ATTEMPT, (long) entry.attempt());
        }
        return builder.startSpan();
    }

    private Span batch(List<ClaimedEntry> entries, List<Context> stored) {
        SpanBuilder builder = builder(entries)
                .setParent(Context.current())
                .setAttribute(MessagingConventions.BATCH_MESSAGE_COUNT, (long) entries.size());
        boolean createsAny = false;
        for (int i = 0; i < entries.size(); i++) {
            SpanContext writer = Span.fromContext(stored.get(i)).getSpanContext();
            if (writer.isValid()) {
                builder.addLink(
                        writer,
                        Attributes.of(
                                MessagingConventions.MESSAGE_ID, entries.get(i).messageId()));
            } else {
                createsAny = true;
            }
        }
        return builder.setSpanKind(createsAny ? SpanKind.PRODUCER : SpanKind.CLIENT)
                .startSpan();
    }

    /** Of a call with one message: the writer, or else whoever makes the processor run. */
    private static Context parent(Context stored) {
        return Span.fromContext(stored).getSpanContext().isValid() ? stored : Context.current();
    }

    private SpanBuilder builder(List<ClaimedEntry> entries) {
        String destination = destinationName(entries);
        SpanBuilder builder = tracer.spanBuilder(
                        destination == null ? MessagingConventions.SEND : MessagingConventions.SEND + " " + destination)
                .setAttribute(MessagingConventions.SYSTEM, system)
                .setAttribute(MessagingConventions.OPERATION_NAME, MessagingConventions.SEND)
                .setAttribute(MessagingConventions.OPERATION_TYPE, MessagingConventions.SEND);
        if (destination != null) {
            builder.setAttribute(MessagingConventions.DESTINATION_NAME, destination);
        }
        return builder;
    }

    /** Their namespace, as brokers' publishers name topics and queues after it; or else the destination's own name, if it has one. */
    private @Nullable String destinationName(List<ClaimedEntry> entries) {
        OutboxContext first = entries.get(0).context();
        for (int i = 1; i < entries.size(); i++) {
            if (!entries.get(i).context().equals(first)) {
                return ownName(first);
            }
        }
        return first.namespace().isEmpty() ? ownName(first) : first.namespace();
    }

    private @Nullable String ownName(OutboxContext context) {
        String name = destination(context);
        return name.equals(DEFAULT_DESTINATION) ? null : name;
    }

    /** A single message continues from this span; of several, those that have no trace do. */
    private List<ClaimedEntry> outgoing(List<ClaimedEntry> entries, List<Context> stored, Context context) {
        if (!Span.fromContext(context).getSpanContext().isValid()) {
            return entries;
        }
        if (entries.size() == 1) {
            return List.of(tracing.with(context, entries.get(0)));
        }
        List<ClaimedEntry> outgoing = null;
        for (int i = 0; i < entries.size(); i++) {
            if (!Span.fromContext(stored.get(i)).getSpanContext().isValid()) {
                outgoing = outgoing == null ? new ArrayList<>(entries) : outgoing;
                outgoing.set(i, tracing.with(context, entries.get(i)));
            }
        }
        return outgoing == null ? entries : outgoing;
    }

    /** Whatever goes wrong here must not become the outcome of the call. */
    private void end(
            Span span, List<ClaimedEntry> entries, @Nullable PublishResults results, @Nullable Throwable failure) {
        try {
            describe(span, entries, results, failure);
            span.end();
        } catch (RuntimeException e) {
            tracing.failed(e);
        }
    }

    private static void describe(
            Span span, List<ClaimedEntry> entries, @Nullable PublishResults results, @Nullable Throwable failure) {
        if (failure != null || results == null) {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            span.setStatus(StatusCode.ERROR, "nothing is known to be sent");
            span.setAttribute(
                    MessagingConventions.ERROR_TYPE,
                    cause == null
                            ? "failed"
                            : cause instanceof PublisherUnavailableException
                                    ? "unavailable"
                                    : cause.getClass().getName());
        } else if (span.isRecording()) {
            int failures = 0;
            String type = null;
            for (ClaimedEntry entry : entries) {
                String error = error(results.of(entry.id()));
                if (error != null) {
                    failures++;
                    type = type == null ? error : type;
                }
            }
            if (type != null) {
                span.setStatus(StatusCode.ERROR, failures + " of " + entries.size() + " messages were not sent");
                span.setAttribute(MessagingConventions.ERROR_TYPE, type);
                span.setAttribute(MessagingConventions.FAILURE_COUNT, (long) failures);
            }
        }
    }

    /** What went wrong with one message, or null. */
    private static @Nullable String error(@Nullable PublishResult result) {
        if (result instanceof PublishResult.Sent) {
            return null;
        }
        if (result instanceof PublishResult.Failed failed) {
            return failed.retryable() ? "failed" : "rejected";
        }
        return result instanceof PublishResult.Skipped ? "skipped" : "unavailable";
    }
}
