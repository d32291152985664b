/** Traces through an outbox with OpenTelemetry: see {@link dev.boxcar.opentelemetry.OutboxTracing}. */
@NullMarked
package dev.boxcar.opentelemetry;

import org.jspecify.annotations.NullMarked;
