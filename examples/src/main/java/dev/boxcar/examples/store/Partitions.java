package dev.boxcar.examples.store;

import dev.boxcar.spi.Claim;
import dev.boxcar.spi.ClaimView;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.StorageStatus.ProcessorStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Who is alive, by the clock of the store's process, and who holds which partition. For use under the store's lock. */
final class Partitions {

    private record Member(Session session, long deadline) {}

    private final Map<String, Member> alive = new HashMap<>();
    private final @Nullable String[] owners;
    private final long[] epochs;

    Partitions(int count) {
        owners = new String[count];
        epochs = new long[count];
    }

    ClaimView heartbeat(Session session, Duration claimDuration, boolean join) {
        boolean known = alive.containsKey(session.id());
        removeExpired();
        boolean renews = known ? alive.containsKey(session.id()) : join;
        if (renews) {
            alive.put(session.id(), new Member(session, System.nanoTime() + claimDuration.toNanos()));
        }
        List<Claim> claims =
                IntStream.range(0, owners.length).mapToObj(this::claim).toList();
        Duration firstEnd = alive.values().stream()
                .map(member -> Duration.ofNanos(member.deadline() - System.nanoTime()))
                .min(Comparator.naturalOrder())
                .orElse(claimDuration);
        return new ClaimView(renews, claims, alive.size(), firstEnd);
    }

    List<Claim> acquire(Session session, Collection<Claim> seen) {
        removeExpired();
        List<Claim> taken = new ArrayList<>();
        for (Claim claim : seen) {
            int partition = claim.partition();
            String owner = owners[partition];
            boolean free = owner == null || !alive.containsKey(owner);
            if (free && epochs[partition] == claim.epoch() && alive.containsKey(session.id())) {
                change(partition, session.id());
                taken.add(claim(partition));
            }
        }
        return taken;
    }

    void release(Session session, Collection<Claim> claims) {
        claims.stream().filter(claim -> holds(session, claim)).forEach(claim -> change(claim.partition(), null));
    }

    void leave(Session session) {
        IntStream.range(0, owners.length)
                .filter(partition -> session.id().equals(owners[partition]))
                .forEach(partition -> change(partition, null));
        alive.remove(session.id());
    }

    boolean holds(Session session, Claim claim) {
        return session.id().equals(owners[claim.partition()]) && epochs[claim.partition()] == claim.epoch();
    }

    List<ProcessorStatus> processors() {
        removeExpired();
        long now = System.nanoTime();
        return alive.values().stream()
                .map(member -> new ProcessorStatus(
                        member.session.processorId(),
                        (int) Arrays.stream(owners)
                                .filter(member.session.id()::equals)
                                .count(),
                        Duration.ofNanos(member.deadline - now)))
                .toList();
    }

    private void removeExpired() {
        long now = System.nanoTime();
        alive.values().removeIf(member -> member.deadline - now <= 0);
    }

    private Claim claim(int partition) {
        String owner = owners[partition];
        return new Claim(partition, epochs[partition], owner, owner != null && alive.containsKey(owner));
    }

    private void change(int partition, @Nullable String owner) {
        owners[partition] = owner;
        epochs[partition]++;
    }
}
