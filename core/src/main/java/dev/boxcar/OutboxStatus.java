package dev.boxcar;

import java.util.List;
import java.util.Set;

/**
 * What one processor is doing now.
 *
 * @param processorId its id
 * @param running whether it is processing
 * @param claims how many partitions it holds
 * @param entriesInFlight how many entries it holds in memory
 * @param bytesInFlight their payloads' sizes together
 * @param keysHeld how many keys wait for another attempt of their first entry
 * @param destinations the destinations it has met
 * @param pausedNamespaces the namespaces that are paused here
 */
public record OutboxStatus(
        String processorId,
        boolean running,
        int claims,
        int entriesInFlight,
        long bytesInFlight,
        int keysHeld,
        List<DestinationStatus> destinations,
        Set<String> pausedNamespaces) {

    /**
     * The state of one destination.
     *
     * @param name its name
     * @param available whether it can be reached, as far as the processor knows
     * @param callsInFlight how many publish calls are under way
     */
    public record DestinationStatus(String name, boolean available, int callsInFlight) {}
}
