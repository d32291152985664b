package dev.boxcar.spring;

import java.util.List;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;

/**
 * Hears of every event, and writes those that an {@link OutboxEventMapping} or {@link OutboxEvent} means for the outbox, in the
 * transaction and on the thread in which they are published. Safe for use by several threads.
 */
public final class OutboxEventListener implements ApplicationListener<ApplicationEvent> {

    private final EventMappings mappings;
    private final OutboxEventWriter writer;

    /**
     * A listener.
     *
     * @param mappings what becomes of which events, beside what annotations say
     */
    public OutboxEventListener(List<OutboxEventMapping<?>> mappings, OutboxEventWriter writer) {
        this.mappings = new EventMappings(mappings);
        this.writer = writer;
    }

    @Override
    public void onApplicationEvent(ApplicationEvent published) {
        Object event = published instanceof PayloadApplicationEvent<?> carrier ? carrier.getPayload() : published;
        writer.write(event, () -> mappings.of(event.getClass()).map(mapping -> mapping.apply(event)));
    }
}
