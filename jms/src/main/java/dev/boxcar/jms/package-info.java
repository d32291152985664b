/** Publishes to the queues and topics of a JMS 3 broker: see {@link dev.boxcar.jms.JmsPublisher}. */
@NullMarked
package dev.boxcar.jms;

import org.jspecify.annotations.NullMarked;
