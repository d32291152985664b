/** Publishes to NATS JetStream: see {@link dev.boxcar.nats.NatsPublisher}. */
@NullMarked
package dev.boxcar.nats;

import org.jspecify.annotations.NullMarked;
