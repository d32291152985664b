package dev.boxcar.examples.bank;

import dev.boxcar.examples.bank.Bank.Account;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The judge. Writers tell it what they committed and what they rolled back, the consumer what arrived; it compares. Knows
 * nothing of databases and brokers. Safe for use by several threads.
 *
 * <p>A writer may tell of its commit after the message has arrived: nothing is judged before the end.
 */
final class Ledger {

    private record Arrival(String id, long sequence, long delta) {}

    private final Set<String> committed = new HashSet<>();
    private final Set<String> arrived = new HashSet<>();
    private final Map<Integer, List<Arrival>> firstArrivals = new TreeMap<>();
    private final List<Instant> duplicates = new ArrayList<>();
    private long rolledBack;
    private long rolledBackTransfers;

    synchronized void committed(List<AccountEvent> events) {
        events.forEach(event -> committed.add(event.id()));
    }

    synchronized void rolledBack(List<AccountEvent> events) {
        rolledBack += events.size();
        rolledBackTransfers++;
    }

    /** @param id the message's id as it arrived, in its header */
    synchronized void arrived(String id, AccountEvent event, Instant when) {
        if (!arrived.add(id)) {
            duplicates.add(when);
            return;
        }
        firstArrivals
                .computeIfAbsent(event.account(), account -> new ArrayList<>())
                .add(new Arrival(id, event.sequence(), event.delta()));
    }

    synchronized long committedCount() {
        return committed.size();
    }

    synchronized long arrivedCount() {
        return arrived.size();
    }

    synchronized long duplicateCount() {
        return duplicates.size();
    }

    /** Whether everything committed so far has arrived. */
    synchronized boolean complete() {
        return arrived.size() >= committed.size() && arrived.containsAll(committed);
    }

    /** What is to be said at the end. */
    synchronized Findings findings() {
        long lost = committed.stream().filter(id -> !arrived.contains(id)).count();
        long ghosts = arrived.stream().filter(id -> !committed.contains(id)).count();
        return new Findings(
                committed.size(),
                arrived.size() - ghosts,
                lost,
                ghosts,
                rolledBack,
                rolledBackTransfers,
                firstArrivals.size(),
                firstArrivals.values().stream().mapToLong(this::stepsBack).sum(),
                List.copyOf(duplicates),
                rebuilt());
    }

    /**
     * How many events of an account came after a later one. What never arrived is lost, and what was never committed is a ghost:
     * neither counts as disorder.
     */
    private long stepsBack(List<Arrival> arrivals) {
        long highest = 0;
        long steps = 0;
        for (Arrival arrival : arrivals) {
            if (!committed.contains(arrival.id)) {
                continue;
            }
            if (arrival.sequence <= highest) {
                steps++;
            }
            highest = Math.max(highest, arrival.sequence);
        }
        return steps;
    }

    /** The accounts as somebody sees them who knows nothing but the messages. */
    private Map<Integer, Account> rebuilt() {
        Map<Integer, Account> accounts = new HashMap<>();
        firstArrivals.forEach((account, arrivals) -> accounts.put(
                account,
                new Account(
                        Bank.INITIAL_BALANCE
                                + arrivals.stream().mapToLong(Arrival::delta).sum(),
                        arrivals.size())));
        return accounts;
    }

    /**
     * What the ledger found.
     *
     * @param committed how many messages were committed
     * @param delivered how many of them arrived
     * @param lost how many of them did not
     * @param ghosts how many messages arrived that were never committed
     * @param rolledBack how many messages were rolled back
     * @param rolledBackTransfers in how many transfers
     * @param keys of how many accounts messages arrived
     * @param orderViolations how many messages came after a later one of their account
     * @param duplicates when messages arrived that had arrived before
     * @param rebuilt the accounts rebuilt from the messages, without those that nobody touched
     */
    record Findings(
            long committed,
            long delivered,
            long lost,
            long ghosts,
            long rolledBack,
            long rolledBackTransfers,
            long keys,
            long orderViolations,
            List<Instant> duplicates,
            Map<Integer, Account> rebuilt) {}
}
