/** Metrics of an outbox for Micrometer: see {@link dev.boxcar.micrometer.OutboxMetrics}. */
@NullMarked
package dev.boxcar.micrometer;

import org.jspecify.annotations.NullMarked;
