package dev.boxcar.examples.bank;

import dev.boxcar.examples.bank.Bank.Account;
import dev.boxcar.examples.bank.Ledger.Findings;
import dev.boxcar.examples.bank.Takeovers.Failure;
import dev.boxcar.examples.bank.Takeovers.Takeover;
import dev.boxcar.spi.StorageStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What was checked, and what came out. */
final class Verdict {

    /** Claim duration + 1 s. */
    private static final Duration TAKEOVER_GUARANTEE = Relays.CLAIM_DURATION.plusSeconds(1);

    /** How long after a failure its duplicates may arrive: until the others have taken over, and the consumer has read them. */
    private static final Duration DUPLICATES_AFTER_FAILURE = TAKEOVER_GUARANTEE.plusSeconds(7);

    private record Check(String what, boolean ok, String numbers) {}

    private final Evidence evidence;
    private final List<Check> checks = new ArrayList<>();

    /**
     * What there is to judge.
     *
     * @param findings what the ledger found
     * @param database the accounts in the database at the end
     * @param takeovers the takeovers that are complete
     * @param takeoverPending whether a killed relay's partitions still wait for an owner
     * @param failures when something happened that explains duplicates
     * @param outbox the outbox at the end, after all relays stopped
     * @param time from the first transfer until everything was delivered
     */
    record Evidence(
            Findings findings,
            Map<Integer, Account> database,
            List<Takeover> takeovers,
            boolean takeoverPending,
            List<Failure> failures,
            StorageStatus outbox,
            Duration time) {}

    Verdict(Evidence evidence) {
        this.evidence = evidence;
        Findings found = evidence.findings();
        check(
                "committed = delivered",
                found.lost() == 0 && found.committed() > 0,
                "%,d messages committed, %,d delivered, %,d lost",
                found.committed(),
                found.delivered(),
                found.lost());
        check(
                "nothing that was rolled back",
                found.ghosts() == 0 && found.rolledBack() > 0,
                "%,d messages of %,d transfers rolled back, %,d of them delivered",
                found.rolledBack(),
                found.rolledBackTransfers(),
                found.ghosts());
        check(
                "order per key",
                found.orderViolations() == 0,
                "%,d keys, %,d messages, %,d out of order",
                found.keys(),
                found.delivered(),
                found.orderViolations());
        checkBalances(found.rebuilt(), evidence.database());
        checkDuplicates(found.duplicates(), evidence.failures());
        checkTakeovers();
        StorageStatus outbox = evidence.outbox();
        check(
                "nothing left behind",
                outbox.pending() == 0
                        && outbox.deadLetters() == 0
                        && outbox.processors().isEmpty(),
                "%,d messages in the outbox, %,d dead letters, %d relays with claims",
                outbox.pending(),
                outbox.deadLetters(),
                outbox.processors().size());
    }

    private void checkBalances(Map<Integer, Account> rebuilt, Map<Integer, Account> database) {
        long equal = database.entrySet().stream()
                .filter(account -> rebuilt.getOrDefault(account.getKey(), new Account(Bank.INITIAL_BALANCE, 0))
                        .equals(account.getValue()))
                .count();
        long total = database.values().stream().mapToLong(Account::balance).sum();
        long atStart = database.size() * Bank.INITIAL_BALANCE;
        check(
                "balances rebuilt from messages",
                equal == database.size() && total == atStart && !database.isEmpty(),
                "%,d of %,d accounts as in the database; money %,d, at the start %,d",
                equal,
                database.size(),
                total,
                atStart);
    }

    private void checkDuplicates(List<Instant> duplicates, List<Failure> failures) {
        List<Instant> unexplained = duplicates.stream()
                .filter(time -> failures.stream().noneMatch(failure -> explains(failure, time)))
                .toList();
        Map<String, Long> reasons = failures.stream()
                .filter(failure -> duplicates.stream().anyMatch(time -> explains(failure, time)))
                .collect(Collectors.groupingBy(Failure::what, TreeMap::new, Collectors.counting()));
        String after = reasons.entrySet().stream()
                .map(reason -> reason.getKey() + (reason.getValue() == 1 ? "" : " (" + reason.getValue() + " times)"))
                .collect(Collectors.joining(", "));
        check(
                "duplicates only after a failure",
                unexplained.isEmpty(),
                "%,d duplicates%s; %,d without a reason",
                duplicates.size(),
                after.isEmpty() ? "" : " after " + after,
                unexplained.size());
    }

    private static boolean explains(Failure failure, Instant duplicate) {
        return !duplicate.isBefore(failure.when())
                && duplicate.isBefore(failure.when().plus(DUPLICATES_AFTER_FAILURE));
    }

    private void checkTakeovers() {
        check(
                "takeover in time",
                !evidence.takeovers().isEmpty()
                        && !evidence.takeoverPending()
                        && longestTakeover().compareTo(TAKEOVER_GUARANTEE) <= 0,
                "%d takeover%s, the longest in %.1f s; guaranteed are %.1f s%s",
                evidence.takeovers().size(),
                evidence.takeovers().size() == 1 ? "" : "s",
                longestTakeover().toMillis() / 1_000.0,
                TAKEOVER_GUARANTEE.toMillis() / 1_000.0,
                evidence.takeoverPending() ? "; one is not complete" : "");
    }

    private Duration longestTakeover() {
        return evidence.takeovers().stream()
                .map(Takeover::time)
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    private void check(String what, boolean ok, String format, Object... numbers) {
        checks.add(new Check(what, ok, String.format(Locale.ROOT, format, numbers)));
    }

    boolean ok() {
        return checks.stream().allMatch(Check::ok);
    }

    /** For people. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (Check check : checks) {
            text.append(String.format("  %-7s %-32s %s%n", check.ok ? "ok" : "FAILED", check.what, check.numbers));
        }
        return text.append(ok() ? "Verdict: ok" : "Verdict: FAILED").toString();
    }

    /** For programs. */
    String json() {
        Findings found = evidence.findings();
        return String.format(
                Locale.ROOT,
                "{\"committed\":%d,\"delivered\":%d,\"lost\":%d,\"ghosts\":%d,\"orderViolations\":%d,\"duplicates\":%d,"
                        + "\"takeovers\":%d,\"longestTakeoverMillis\":%d,\"seconds\":%.1f,\"verdict\":\"%s\"}",
                found.committed(),
                found.delivered(),
                found.lost(),
                found.ghosts(),
                found.orderViolations(),
                found.duplicates().size(),
                evidence.takeovers().size(),
                longestTakeover().toMillis(),
                evidence.time().toMillis() / 1_000.0,
                ok() ? "ok" : "failed");
    }
}
