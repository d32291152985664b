/** Publishes to queues of Amazon SQS: see {@link dev.boxcar.sqs.SqsPublisher}. */
@NullMarked
package dev.boxcar.sqs;

import org.jspecify.annotations.NullMarked;
