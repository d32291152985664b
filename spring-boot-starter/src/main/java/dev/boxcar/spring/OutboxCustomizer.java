package dev.boxcar.spring;

import dev.boxcar.Outbox;
import java.sql.Connection;

/**
 * Changes how the auto-configured outbox is built, for what has no property: an executor of virtual threads for example. Every bean of
 * this type is called, in the order of {@link org.springframework.core.annotation.Order}, after all properties were applied.
 */
@FunctionalInterface
public interface OutboxCustomizer {

    /** Changes the builder. */
    void customize(Outbox.Builder<Connection> builder);
}
