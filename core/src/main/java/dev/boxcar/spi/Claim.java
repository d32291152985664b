package dev.boxcar.spi;

import org.jspecify.annotations.Nullable;

/**
 * Who holds a partition.
 *
 * @param partition from 0 to one less than the number of partitions
 * @param epoch rises with every change of owner; whoever settles with an older one changes nothing
 * @param owner the id of the session that holds the partition, or null
 * @param ownerAlive whether that session was alive when this was read
 */
public record Claim(int partition, long epoch, @Nullable String owner, boolean ownerAlive) {}
