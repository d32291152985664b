package dev.boxcar.memory;

import dev.boxcar.spi.Claim;
import dev.boxcar.spi.ClaimView;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.StorageStatus.ProcessorStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who is alive and who holds which partition. Used under the storage's lock only; times are of the storage's clock. */
final class Leases {

    private record Member(Session session, long deadline) {}

    private static final class Lease {
        private long epoch;
        private @Nullable String owner;
    }

    private final Map<String, Member> members = new TreeMap<>();
    private final List<Lease> leases = new ArrayList<>();

    Leases(int partitions) {
        for (int i = 0; i < partitions; i++) {
            leases.add(new Lease());
        }
    }

    ClaimView heartbeat(Session session, Duration claimDuration, boolean join, long now) {
        Member known = members.get(session.id());
        boolean alive = known == null ? join : known.deadline - now > 0;
        members.values().removeIf(member -> member.deadline - now <= 0);
        if (alive) {
            members.put(session.id(), new Member(session, now + claimDuration.toNanos()));
        }
        List<Claim> claims = new ArrayList<>();
        for (int partition = 0; partition < leases.size(); partition++) {
            claims.add(claim(partition, now));
        }
        Duration firstEnd = members.values().stream()
                .map(member -> Duration.ofNanos(member.deadline - now))
                .min(Comparator.naturalOrder())
                .orElse(claimDuration);
        return new ClaimView(alive, claims, members.size(), firstEnd);
    }

    List<Claim> acquire(Session session, Collection<Claim> seen, long now) {
        List<Claim> taken = new ArrayList<>();
        if (!isAlive(session.id(), now)) {
            return taken;
        }
        for (Claim claim : seen) {
            Lease lease = leases.get(claim.partition());
            boolean free = !isAlive(lease.owner, now) || session.id().equals(lease.owner);
            if (free && lease.epoch == claim.epoch()) {
                lease.owner = session.id();
                lease.epoch++;
                taken.add(claim(claim.partition(), now));
            }
        }
        return taken;
    }

    void release(Session session, Collection<Claim> claims) {
        claims.stream().filter(claim -> holds(session, claim)).forEach(claim -> free(leases.get(claim.partition())));
    }

    void leave(Session session) {
        leases.stream().filter(lease -> session.id().equals(lease.owner)).forEach(Leases::free);
        members.remove(session.id());
    }

    boolean holds(Session session, Claim claim) {
        Lease lease = leases.get(claim.partition());
        return session.id().equals(lease.owner) && lease.epoch == claim.epoch();
    }

    List<ProcessorStatus> processors(long now) {
        return members.values().stream()
                .filter(member -> member.deadline - now > 0)
                .map(member -> new ProcessorStatus(
                        member.session.processorId(),
                        (int) leases.stream()
                                .filter(lease -> Objects.equals(lease.owner, member.session.id()))
                                .count(),
                        Duration.ofNanos(member.deadline - now)))
                .toList();
    }

    private Claim claim(int partition, long now) {
        Lease lease = leases.get(partition);
        return new Claim(partition, lease.epoch, lease.owner, isAlive(lease.owner, now));
    }

    private boolean isAlive(@Nullable String id, long now) {
        Member member = id == null ? null : members.get(id);
        return member != null && member.deadline - now > 0;
    }

    private static void free(Lease lease) {
        lease.owner = null;
        lease.epoch++;
    }
}
