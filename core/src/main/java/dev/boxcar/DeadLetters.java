package dev.boxcar;

import java.util.Collection;
import java.util.List;

/**
 * The entries which could not be published: to look at, to replay, to purge. Safe for use by several threads. Each call is
 * a transaction of its own.
 */
public interface DeadLetters {

    /** The dead letters that the query means, oldest first. */
    List<DeadLetter> list(DeadLetterQuery query);

    /**
     * Writes them to the outbox again, with their message ids and no attempts used up, and removes them from the dead
     * letters, atomically. They go behind what is waiting for their key now.
     *
     * @return how many
     */
    int replay(DeadLetterQuery query);

    /**
     * Removes them for good.
     *
     * @return how many
     */
    int purge(DeadLetterQuery query);

    /**
     * Sets aside entries that are still waiting in the outbox, for example the one that holds its key. An entry that is
     * being sent at this moment may be sent all the same.
     *
     * @return how many
     */
    int bury(Collection<Long> entryIds, String reason);
}
