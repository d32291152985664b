package dev.boxcar;

import java.time.Instant;

/**
 * An entry that could not be published and was set aside with its reason.
 *
 * @param id its number among the dead letters, for {@link DeadLetterQuery#ofIds}
 * @param entry the entry as it was tried last; its attempt is the number of the last attempt
 * @param reason why the last attempt failed
 * @param diedAt when it was set aside, by the database's clock
 */
public record DeadLetter(long id, ClaimedEntry entry, String reason, Instant diedAt) {}
