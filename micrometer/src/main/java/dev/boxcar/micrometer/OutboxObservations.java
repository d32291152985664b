package dev.boxcar.micrometer;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.ForwardingPublisher;
import dev.boxcar.Message;
import dev.boxcar.OutboxContext;
import dev.boxcar.OutboxWriter;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import io.micrometer.observation.transport.SenderContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Observations of writing and sending, for whatever an application makes of its observations: timers, and spans with
 * <a href="https://docs.micrometer.io/tracing/reference/">Micrometer Tracing</a> (OpenTelemetry or Brave), which then pass through the
 * outbox: the writer's trace is stored in the headers of its messages and goes on when they are sent, seconds or days later, perhaps in
 * another process.
 *
 * <ul>
 *   <li>{@link #writer}: an observation {@value #WRITE} of each call. A message that has one of the trace's headers already keeps
 *       its own.
 *   <li>{@link #publisher}: an observation {@value #SEND} of each call. That of a single message is the child of its writer's; one of
 *       several belongs to none of them, as observations know no links. Either way consumers continue from the writer's.
 * </ul>
 *
 * <p>What fails in an observation is logged once, and holds no message up.
 *
 * <p>{@code OutboxTracing} of the module {@code boxcar-opentelemetry} makes links, and names by the semantic conventions. Use one or the
 * other. Safe for use by several threads; closes nothing.
 */
public final class OutboxObservations {

    /** The name of observations of a writer's call. */
    public static final String WRITE = "boxcar.write";

    /** The name of observations of a call to a publisher. */
    public static final String SEND = "boxcar.send";

    /** Of low cardinality: the product that takes the messages, for example {@code kafka}. */
    public static final String SYSTEM = "messaging.system";

    /** Of low cardinality: the destination's name. */
    public static final String DESTINATION = "destination";

    /** Of low cardinality: {@code sent} if all messages of a call were, else {@code failed}. */
    public static final String OUTCOME = "outcome";

    /** Of high cardinality: the namespace. */
    public static final String NAMESPACE = "boxcar.namespace";

    /** Of high cardinality: how many messages a call has. */
    public static final String MESSAGES = "boxcar.messages";

    private static final Logger log = LoggerFactory.getLogger(OutboxObservations.class);

    private final AtomicBoolean reported = new AtomicBoolean();
    private final ObservationRegistry registry;

    private OutboxObservations(ObservationRegistry registry) {
        this.registry = Objects.requireNonNull(registry, "registry");
    }

    /** With this registry. */
    public static OutboxObservations create(ObservationRegistry registry) {
        return new OutboxObservations(registry);
    }

    /**
     * A writer that is observed, and stores the trace. The headers count to the limit of headers.
     *
     * @param writer for example an {@link dev.boxcar.Outbox}
     */
    public <T> OutboxWriter<T> writer(OutboxWriter<T> writer) {
        Objects.requireNonNull(writer, "writer");
        return (context, transaction, messages) -> {
            SenderContext<Map<String, String>> sender = new SenderContext<>(
                    (headers, name, value) -> {
                        if (headers != null) {
                            headers.put(name, value);
                        }
                    },
                    Kind.PRODUCER);
            Map<String, String> trace = new LinkedHashMap<>();
            sender.setCarrier(trace);
            Observation observation = Observation.createNotStarted(WRITE, () -> sender, registry)
                    .contextualName(spanName("write", context))
                    .highCardinalityKeyValue(NAMESPACE, context.namespace())
                    .highCardinalityKeyValue(MESSAGES, Integer.toString(messages.size()));
            boolean started = guarded(observation::start);
            try {
                inScope(observation, started, () -> {
                    writer.publish(context, transaction, with(trace, messages));
                    return true;
                });
            } catch (Throwable e) {
                guarded(() -> observation.error(e));
                throw e;
            } finally {
                if (started) {
                    guarded(observation::stop);
                }
            }
        };
    }

    /** Runs what an application has hung on its observations: when that fails, messages go their way all the same. */
    private boolean guarded(Runnable observing) {
        try {
            observing.run();
            return true;
        } catch (RuntimeException e) {
            if (reported.compareAndSet(false, true)) {
                log.warn("an observation failed; messages go on without it, and further failures are not logged", e);
            }
            return false;
        }
    }

    private <R> R inScope(Observation observation, boolean started, Supplier<R> work) {
        List<Observation.Scope> opened = new ArrayList<>(1);
        if (started) {
            guarded(() -> opened.add(observation.openScope()));
        }
        try {
            return work.get();
        } finally {
            opened.forEach(scope -> guarded(scope::close));
        }
    }

    /**
     * A publisher whose calls are observed. All else is as the other says; close that one.
     *
     * @param system the product's name, for example {@code kafka}
     */
    public Publisher publisher(Publisher publisher, String system) {
        if (system.isBlank()) {
            throw new IllegalArgumentException("the messaging system must not be blank; for example: kafka");
        }
        return new Observed(publisher, system);
    }

    private static List<Message> with(Map<String, String> trace, List<Message> messages) {
        if (trace.isEmpty()) {
            return messages;
        }
        List<Message> traced = new ArrayList<>(messages.size());
        for (Message message : messages) {
            if (trace.keySet().stream().anyMatch(message.headers()::containsKey)) {
                traced.add(message);
            } else {
                Map<String, String> headers = new LinkedHashMap<>(message.headers());
                headers.putAll(trace);
                traced.add(message.withHeaders(headers));
            }
        }
        return traced;
    }

    private static String spanName(String operation, OutboxContext context) {
        return context.namespace().isEmpty() ? operation : operation + " " + context.namespace();
    }

    private final class Observed extends ForwardingPublisher {

        private final String system;

        Observed(Publisher publisher, String system) {
            super(publisher);
            this.system = system;
        }

        @Override
        protected CompletionStage<PublishResults> publish(
                List<ClaimedEntry> entries, Function<List<ClaimedEntry>, CompletionStage<PublishResults>> call) {
            Observation observation = of(entries);
            if (!guarded(observation::start)) {
                return call.apply(entries);
            }
            CompletionStage<PublishResults> stage;
            try {
                stage = inScope(
                        observation,
                        true,
                        () -> Objects.requireNonNull(
                                call.apply(entries), "the publisher returned null instead of a stage"));
            } catch (Throwable e) {
                guarded(() -> stop(observation, entries, null, e));
                throw e;
            }
            return stage.whenComplete(
                    (results, failure) -> guarded(() -> stop(observation, entries, results, failure)));
        }

        private Observation of(List<ClaimedEntry> entries) {
            ClaimedEntry first = entries.get(0);
            boolean single = entries.size() == 1;
            return Observation.createNotStarted(
                            SEND, () -> single ? received(first) : new Observation.Context(), registry)
                    .contextualName(single ? spanName("send", first.context()) : "send")
                    .lowCardinalityKeyValue(SYSTEM, system)
                    .lowCardinalityKeyValue(DESTINATION, destination(first.context()))
                    .highCardinalityKeyValue(MESSAGES, Integer.toString(entries.size()));
        }

        /** As if it had just been received from its writer: what handles observations finds the parent in its headers. */
        private ReceiverContext<ClaimedEntry> received(ClaimedEntry entry) {
            ReceiverContext<ClaimedEntry> context =
                    new ReceiverContext<>((carrier, name) -> carrier.headers().get(name), Kind.PRODUCER);
            context.setCarrier(entry);
            return context;
        }

        private void stop(
                Observation observation,
                List<ClaimedEntry> entries,
                @Nullable PublishResults results,
                @Nullable Throwable failure) {
            boolean sent = failure == null
                    && results != null
                    && entries.stream().allMatch(entry -> results.of(entry.id()) instanceof PublishResult.Sent);
            observation.lowCardinalityKeyValue(OUTCOME, sent ? "sent" : "failed");
            if (failure != null) {
                observation.error(failure);
            }
            observation.stop();
        }
    }
}
