package dev.boxcar.spring;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.expression.EvaluationContext;
import org.springframework.modulith.events.EventExternalizationConfiguration;
import org.springframework.modulith.events.support.BrokerRouting;

/**
 * Writes the events that Spring Modulith is to externalize to the outbox, in the transaction in which they are published: the target
 * is the namespace, the key is the key. Takes the place of Modulith's own externalizers, which send after the commit and one by one.
 * Safe for use by several threads.
 */
public final class ModulithEventListener implements ApplicationListener<ApplicationEvent> {

    private final EventExternalizationConfiguration configuration;
    private final EvaluationContext expressions;
    private final OutboxEventWriter writer;

    /**
     * A listener.
     *
     * @param configuration says which events go where
     * @param expressions where expressions in targets and keys are evaluated
     */
    public ModulithEventListener(
            EventExternalizationConfiguration configuration, EvaluationContext expressions, OutboxEventWriter writer) {
        this.configuration = configuration;
        this.expressions = expressions;
        this.writer = writer;
    }

    @Override
    public void onApplicationEvent(ApplicationEvent published) {
        if (published instanceof PayloadApplicationEvent<?> carrier) {
            Object event = carrier.getPayload();
            writer.write(event, () -> configuration.supports(event) ? Optional.of(map(event)) : Optional.empty());
        }
    }

    private MappedEvent map(Object event) {
        Object content = configuration.map(event);
        BrokerRouting routing = BrokerRouting.of(configuration.determineTarget(event), expressions);
        Map<String, String> headers = new LinkedHashMap<>();
        configuration.getHeadersFor(event).forEach((name, value) -> headers.put(name, String.valueOf(value)));
        return new MappedEvent(
                routing.getTarget(content),
                Objects.requireNonNullElse(routing.getKey(content), MappedEvent.NO_KEY),
                null,
                content,
                headers);
    }
}
