/** Publisher for Apache Kafka. */
@NullMarked
package dev.boxcar.kafka;

import org.jspecify.annotations.NullMarked;
