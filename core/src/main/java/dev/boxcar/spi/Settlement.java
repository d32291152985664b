package dev.boxcar.spi;

import java.util.List;

/**
 * What became of entries.
 *
 * @param published to be deleted
 * @param retries to be tried again later
 * @param dead to be moved to the dead letters
 */
public record Settlement(List<Published> published, List<Retry> retries, List<Dead> dead) {

    /**
     * Entries of one claim that were acknowledged.
     *
     * @param claim the claim under which they were sent
     * @param ids their ids
     */
    public record Published(Claim claim, List<Long> ids) {}

    /**
     * An entry to be tried again.
     *
     * @param claim the claim under which it was tried
     * @param id its id
     * @param attempts how many attempts it has used up
     * @param delayMillis how long it waits, from now, by the database's clock
     * @param reason why the last attempt failed
     */
    public record Retry(Claim claim, long id, int attempts, long delayMillis, String reason) {}

    /**
     * An entry that is given up.
     *
     * @param claim the claim under which it was tried
     * @param id its id
     * @param attempts how many attempts it has used up
     * @param reason why the last attempt failed
     */
    public record Dead(Claim claim, long id, int attempts, String reason) {}

    /** How many entries it speaks of. */
    public int size() {
        return published.stream().mapToInt(p -> p.ids().size()).sum() + retries.size() + dead.size();
    }
}
