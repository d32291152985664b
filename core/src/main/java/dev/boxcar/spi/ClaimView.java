package dev.boxcar.spi;

import java.util.List;

/**
 * All partitions with their owners, as one statement saw them.
 *
 * @param alive whether the asking session is alive, for the claim duration from the time it asked
 * @param claims one for each partition, in the order of their numbers
 * @param liveSessions how many sessions are alive, the asking one included
 */
public record ClaimView(boolean alive, List<Claim> claims, int liveSessions) {}
