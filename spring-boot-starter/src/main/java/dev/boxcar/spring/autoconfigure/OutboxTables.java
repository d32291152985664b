package dev.boxcar.spring.autoconfigure;

import dev.boxcar.StorageException;
import dev.boxcar.jdbc.JdbcStorage;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.WakeSource;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done about the tables at the start, as the properties say. A processor looks at them as well, but in its own thread, where the
 * application would not hear of it.
 *
 * @param wakes what needs something in the database too, or null
 */
record OutboxTables(
        BoxcarProperties.Tables action,
        boolean notifying,
        @Nullable WakeSource wakes) {

    private static final Logger log = LoggerFactory.getLogger(OutboxTables.class);

    void prepare(OutboxStorage<Connection> storage, boolean processing) {
        if (action == BoxcarProperties.Tables.CREATE && storage instanceof JdbcStorage jdbc) {
            jdbc.schema().apply();
            if (notifying) {
                jdbc.schema().applyNotify();
            }
        }
        if (processing || action == BoxcarProperties.Tables.VALIDATE) {
            validate(storage);
        }
    }

    private void validate(OutboxStorage<Connection> storage) {
        try {
            storage.check();
            if (wakes != null) {
                wakes.check();
            }
        } catch (StorageException e) {
            log.warn("the outbox's database cannot be reached yet, its tables are not checked: {}", e.getMessage());
        }
    }
}
