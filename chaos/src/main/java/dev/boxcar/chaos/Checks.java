package dev.boxcar.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What was checked, and what came out. Not for several threads. */
final class Checks {

    private record Check(String what, boolean ok, String numbers) {}

    private final List<Check> checks = new ArrayList<>();

    void add(String what, boolean ok, String format, Object... numbers) {
        checks.add(new Check(what, ok, String.format(Locale.ROOT, format, numbers)));
    }

    boolean ok() {
        return checks.stream().allMatch(Check::ok);
    }

    /** What did not hold. */
    List<String> failed() {
        return checks.stream().filter(check -> !check.ok).map(Check::what).toList();
    }

    /** For programs. */
    String json() {
        return checks.stream()
                .map(check -> "{\"check\":\"" + check.what + "\",\"ok\":" + check.ok + ",\"figures\":\"" + check.numbers
                        + "\"}")
                .collect(Collectors.joining(
                        ",", "{\"checks\":[", "],\"verdict\":\"" + (ok() ? "ok" : "failed") + "\"}"));
    }

    /** For people. */
    String text() {
        StringBuilder text = new StringBuilder();
        for (Check check : checks) {
            text.append(String.format(
                    Locale.ROOT, "  %-7s %-44s %s%n", check.ok ? "ok" : "FAILED", check.what, check.numbers));
        }
        return text.append(ok() ? "Verdict: ok" : "Verdict: FAILED").toString();
    }
}
