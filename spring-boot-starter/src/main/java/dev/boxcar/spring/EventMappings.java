package dev.boxcar.spring;

import dev.boxcar.spring.OutboxEventWriter.UnusableEventException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.SimpleEvaluationContext;

/** What becomes of the events of each class: found out once, by the mappings, else by the annotation. */
final class EventMappings {

    private final List<OutboxEventMapping<?>> beans;
    private final Map<Class<?>, Optional<Function<Object, MappedEvent>>> known = new ConcurrentHashMap<>();

    EventMappings(List<OutboxEventMapping<?>> beans) {
        this.beans = List.copyOf(beans);
    }

    /** How an event becomes a message; empty if it does not. */
    Optional<Function<Object, MappedEvent>> of(Class<?> eventType) {
        Optional<Function<Object, MappedEvent>> found = known.get(eventType);
        return found != null ? found : known.computeIfAbsent(eventType, this::find);
    }

    private Optional<Function<Object, MappedEvent>> find(Class<?> eventType) {
        List<OutboxEventMapping<?>> matching = beans.stream()
                .filter(mapping -> mapping.eventType().isAssignableFrom(eventType))
                .toList();
        if (matching.size() > 1) {
            throw new UnusableEventException("several mappings say what becomes of it: " + matching);
        }
        if (!matching.isEmpty()) {
            return Optional.of(matching.get(0)::map);
        }
        return Optional.ofNullable(AnnotatedElementUtils.findMergedAnnotation(eventType, OutboxEvent.class))
                .map(EventMappings::byAnnotation);
    }

    private static Function<Object, MappedEvent> byAnnotation(OutboxEvent annotation) {
        Function<Object, Object> key = keyOf(annotation.key());
        String type = annotation.type().isEmpty() ? null : annotation.type();
        return event -> new MappedEvent(annotation.namespace(), key.apply(event), type, event, Map.of());
    }

    private static Function<Object, Object> keyOf(String text) {
        if (text.isEmpty()) {
            return event -> MappedEvent.NO_KEY;
        }
        Expression expression;
        try {
            expression = new SpelExpressionParser().parseExpression(text);
        } catch (ParseException e) {
            throw new UnusableEventException("the expression of its key is not valid: " + e.getMessage());
        }
        return event -> expression.getValue(SimpleEvaluationContext.forReadOnlyDataBinding()
                .withInstanceMethods()
                .withRootObject(event)
                .build());
    }
}
