package dev.boxcar.spring.autoconfigure;

import dev.boxcar.OutboxException;
import dev.boxcar.SchemaException;
import dev.boxcar.spring.OutboxConfigurationException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** What Spring Boot shows instead of a stack trace when the outbox keeps the application from starting. */
final class OutboxFailureAnalyzer extends AbstractFailureAnalyzer<OutboxException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, OutboxException cause) {
        if (cause instanceof OutboxConfigurationException configuration) {
            return new FailureAnalysis(configuration.description(), configuration.action(), cause);
        }
        if (cause instanceof SchemaException) {
            return new FailureAnalysis(
                    cause.getMessage(),
                    "Create the tables with your migrations (the statements are in the jar: JdbcSchema.ddl, or boxcar schema"
                            + " print), or set boxcar.jdbc.tables=create to have the application create them.",
                    cause);
        }
        return null;
    }
}
