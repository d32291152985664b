package dev.boxcar.spi;

import java.time.Duration;
import java.util.List;

/**
 * All partitions with their owners, as one statement saw them.
 *
 * @param alive whether the asking session is alive, for the claim duration from the time it asked
 * @param claims one for each partition, in the order of their numbers
 * @param liveSessions how many sessions are alive, the asking one included
 * @param firstEnd how long it is until the first live session ends unless it is renewed before: what it holds can be taken over then.
 *     The asking one may count or not; the claim duration when no other one is alive
 */
public record ClaimView(boolean alive, List<Claim> claims, int liveSessions, Duration firstEnd) {}
