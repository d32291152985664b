/**
 * A transactional outbox. The way of a message:
 *
 * <ol>
 *   <li>The application writes it with {@link dev.boxcar.OutboxWriter#publish} in its own transaction.
 *   <li>An {@link dev.boxcar.spi.OutboxStorage} keeps it as an entry, in the partition of its namespace and key.
 *   <li>A processor, the running half of an {@link dev.boxcar.Outbox}, holds {@link dev.boxcar.spi.Claim claims} on
 *       partitions, renews them well before they end, and reads the entries of these partitions once they are committed.
 *   <li>The {@link dev.boxcar.Publisher} sends a {@link dev.boxcar.ClaimedEntry} to its destination and answers with a
 *       {@link dev.boxcar.PublishResult}.
 *   <li>The processor {@link dev.boxcar.spi.Settlement settles}: an acknowledged entry is deleted; a failed one is tried again
 *       by the {@link dev.boxcar.RetryPolicy}, and in the end set aside as a {@link dev.boxcar.DeadLetter}.
 * </ol>
 */
@NullMarked
package dev.boxcar;

import org.jspecify.annotations.NullMarked;
