package dev.boxcar.simulation;

import dev.boxcar.StorageException;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.Settlement;
import dev.boxcar.spi.StoredEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * A processor's way to the database: a call can fail before it has an effect, after it, in the middle between two statements,
 * or take effect long after the processor has given it up.
 */
final class NodeStorage extends ForwardingStorage<InMemoryTransaction> {

    private final Scheduler time;
    private final Node node;
    private final Life life;
    private long downUntil;

    NodeStorage(OutboxStorage<InMemoryTransaction> storage, Node node, Life life) {
        super(storage);
        this.time = life.time;
        this.node = node;
        this.life = life;
    }

    void cutOff(long until) {
        downUntil = until;
    }

    @Override
    protected <R> R call(String operation, Supplier<R> call) {
        if (!life.isTroubled() || !life.plan.isWild()) {
            return call.get();
        }
        if (time.now() < downUntil) {
            throw failure("not reached to", operation);
        }
        // A settlement that comes when somebody else holds the entries is what the fence is for.
        return switch (operation.equals("settle") && time.once(50) ? 2 : time.roll(600)) {
            case 0 -> throw failure("lost before", operation);
            case 1 -> {
                R unused = call.get();
                throw failure("lost after", operation);
            }
            case 2 -> {
                time.after(time.upTo(5_000), () -> {
                    time.note(node.id, "late", operation);
                    R unused = call.get();
                });
                throw failure("given up during", operation);
            }
            default -> call.get();
        };
    }

    private StorageException failure(String how, String operation) {
        time.note(node.id, how, operation);
        return new StorageException("simulated: connection " + how + " " + operation, null);
    }

    private boolean breaksInTheMiddle() {
        return life.isTroubled() && life.plan.isWild() && time.once(200);
    }

    @Override
    public List<Claim> acquire(Session session, Collection<Claim> seen) {
        if (seen.size() > 1 && breaksInTheMiddle()) {
            super.acquire(session, List.copyOf(seen).subList(0, seen.size() / 2));
            throw failure("lost in the middle of", "acquire");
        }
        return super.acquire(session, seen);
    }

    @Override
    public void release(Session session, Collection<Claim> claims) {
        if (claims.size() > 1 && breaksInTheMiddle()) {
            super.release(session, List.copyOf(claims).subList(0, claims.size() / 2));
            throw failure("lost in the middle of", "release");
        }
        super.release(session, claims);
    }

    @Override
    public void settle(Session session, Settlement settlement) {
        Settlement sorted = sorted(settlement);
        if (breaksInTheMiddle()) {
            settleFenced(session, firstHalf(sorted));
            throw failure("lost in the middle of", "settle");
        }
        settleFenced(session, sorted);
    }

    /** The engine collects them by identity, whose order differs from run to run. */
    private static Settlement sorted(Settlement settlement) {
        List<Settlement.Published> published = new ArrayList<>(settlement.published());
        published.sort(Comparator.comparingLong(each -> each.ids().get(0)));
        return new Settlement(published, settlement.retries(), settlement.dead());
    }

    private static Settlement firstHalf(Settlement all) {
        return new Settlement(half(all.published()), half(all.retries()), half(all.dead()));
    }

    private static <E> List<E> half(List<E> all) {
        return all.subList(0, all.size() / 2);
    }

    /** Whatever the storage does: without the claim nothing may change. */
    private void settleFenced(Session session, Settlement settlement) {
        call("settle", () -> {
            List<StoredEntry> forbidden = life.database.notHeld(session, settlement);
            storage.settle(session, settlement);
            if (!forbidden.isEmpty()) {
                life.oracle.settledWithoutClaim(node, forbidden);
            }
            time.note(node.id, "settled", settlement.size());
            return true;
        });
    }
}
