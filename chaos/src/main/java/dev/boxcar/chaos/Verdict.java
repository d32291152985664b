package dev.boxcar.chaos;

import dev.boxcar.chaos.Journal.Findings;
import dev.boxcar.spi.StorageStatus;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** What was checked, and what came out. */
final class Verdict {

    private final CampaignSettings settings;
    private final Findings found;
    private final FaultLog.Summary faults;
    private final Duration time;
    private final Checks checks = new Checks();

    /** @param drained whether the outbox was empty before the relays were stopped */
    Verdict(
            CampaignSettings settings,
            Findings found,
            FaultLog.Summary faults,
            StorageStatus outbox,
            boolean drained,
            Duration time) {
        this.settings = settings;
        this.found = found;
        this.faults = faults;
        this.time = time;
        Findings.Wrong wrong = found.wrong();
        checks.add(
                "nothing is lost",
                wrong.lost() == 0 && found.committed() > 0,
                "%,d messages committed, %,d delivered, %,d refused by the broker, %,d lost",
                found.committed(),
                found.delivered(),
                found.refused(),
                wrong.lost());
        checks.add(
                "nothing is invented",
                wrong.ghosts() == 0 && found.rolledBack() > 0,
                "%,d messages rolled back; %,d arrived that were never committed; %,d commits of unknown outcome looked up",
                found.rolledBack(),
                wrong.ghosts(),
                found.resolved());
        checks.add(
                "order per key",
                wrong.orderViolations() == 0,
                "%,d messages came after a later one",
                wrong.orderViolations());
        long early = faults.rows().containsKey(FaultLog.BETWEEN)
                ? faults.rows().get(FaultLog.BETWEEN).duplicates()
                : 0;
        checks.add(
                "duplicates only after failures",
                found.duplicates() <= faults.duplicateBound()
                        && early <= faults.ownFailures() * RelayFleet.IN_FLIGHT
                        && wrong.changedIds() == 0,
                "%,d duplicates, explained are up to %,d; %,d of them before the first fault; %,d under another id",
                found.duplicates(),
                faults.duplicateBound(),
                early,
                wrong.changedIds());
        checks.add(
                "dead letters are the messages' own fault",
                wrong.wronglyBuried() == 0,
                "%,d others among the dead letters",
                wrong.wronglyBuried());
        checks.add(
                "recovers from every fault",
                faults.unrecovered().isEmpty(),
                "%d faults, longest time without a delivery %.1f s%s",
                faults.counts().values().stream().mapToLong(Long::longValue).sum(),
                seconds(faults.longestGap()),
                faults.unrecovered().isEmpty() ? "" : "; not from " + faults.unrecovered());
        checks.add(
                "takeover in time",
                faults.slowTakeovers().isEmpty(),
                "the longest in %.2f s; allowed are %.1f s%s",
                seconds(faults.longestTakeover()),
                seconds(settings.takeoverLimit()),
                faults.slowTakeovers().isEmpty() ? "" : "; too slow: " + faults.slowTakeovers());
        checks.add(
                "nothing is left behind",
                drained && outbox.pending() == 0 && outbox.processors().isEmpty(),
                "%,d messages in the outbox, %d relays with claims",
                outbox.pending(),
                outbox.processors().size());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1_000.0;
    }

    Checks checks() {
        return checks;
    }

    /** For people. */
    String text() {
        StringBuilder text = new StringBuilder();
        line(text, "%-28s %6s %12s %13s %11s", "fault", "times", "longest gap", "takeover", "duplicates");
        faults.rows()
                .forEach((kind, row) -> line(
                        text,
                        "%-28s %6d %10.1f s %13s %11d",
                        kind,
                        row.count(),
                        seconds(row.longestGap()),
                        row.longestTakeover().isZero()
                                ? ""
                                : String.format(Locale.ROOT, "%.2f s", seconds(row.longestTakeover())),
                        row.duplicates()));
        line(text, "%s; it took %d s", settings.text(), time.toSeconds());
        return text.append(checks.text()).toString();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }

    /** For programs. */
    String json() {
        String kinds = faults.counts().entrySet().stream()
                .map(kind -> "\"" + kind.getKey() + "\":" + kind.getValue())
                .collect(Collectors.joining(","));
        return String.format(
                Locale.ROOT,
                "{\"seed\":%d,\"minutes\":%.1f,\"faults\":{%s},\"messages\":%d,\"lost\":%d,\"ghosts\":%d,"
                        + "\"orderViolations\":%d,\"duplicates\":%d,\"duplicateBound\":%d,\"longestGapMillis\":%d,"
                        + "\"longestTakeoverMillis\":%d,\"verdict\":\"%s\"}",
                settings.seed(),
                time.toMillis() / 60_000.0,
                kinds,
                found.committed(),
                found.wrong().lost(),
                found.wrong().ghosts(),
                found.wrong().orderViolations(),
                found.duplicates(),
                faults.duplicateBound(),
                faults.longestGap().toMillis(),
                faults.longestTakeover().toMillis(),
                checks.ok() ? "ok" : "failed");
    }
}
