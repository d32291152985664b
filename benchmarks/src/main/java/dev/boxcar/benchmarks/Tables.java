package dev.boxcar.benchmarks;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rows as people read them: each metric with its median, its range, its ratio to the scenario's first contestant, and its target. */
final class Tables {

    /** What follows a rate in the name of a metric that tells how much of it was delivered. */
    static final String DELIVERED = "delivered";

    private static final Pattern DELIVERED_OF = Pattern.compile("([0-9,]+)/s: " + DELIVERED);
    private static final double SUSTAINED = 0.9;
    private static final String LINE = "  %-18s %-44s %12s %-7s %24s %8s  %s%n";

    private Tables() {}

    /** What belongs to one line, in words. */
    private record Line(Row row, String median, String range, String ratio, String target) {}

    /** The table of a scenario, and the versions of those in it. */
    static void print(String scenario, List<Row> rows, PrintStream out) {
        out.printf(LINE, "contestant", "metric", "median", "unit", "min .. max (runs)", "ratio", "target");
        Map<String, String> versions = new LinkedHashMap<>();
        for (Line line : lines(scenario, rows)) {
            versions.put(line.row.contestant(), line.row.version());
            out.printf(
                    LINE,
                    line.row.contestant(),
                    line.row.metric(),
                    line.median,
                    line.row.unit(),
                    line.range,
                    line.ratio,
                    line.target);
        }
        out.println("  versions: " + versions);
    }

    /** Says of all targets how they were met. */
    static void printTargets(List<Row> rows, PrintStream out) {
        int met = 0;
        int all = 0;
        for (Row row : rows) {
            Targets.Verdict verdict = Targets.of(row, rows).orElse(null);
            if (verdict != null) {
                all++;
                met += verdict.met() ? 1 : 0;
                out.printf("  %-16s %-18s %-44s %s%n", row.scenario(), row.contestant(), row.metric(), verdict.text());
            }
        }
        out.printf("  %d of %d targets met%n", met, all);
    }

    /** Tables of all scenarios, for a document. */
    static String markdown(List<Row> rows) {
        StringBuilder text = new StringBuilder();
        for (String scenario : rows.stream().map(Row::scenario).distinct().toList()) {
            text.append("\n### ")
                    .append(scenario)
                    .append(
                            "\n\n| contestant | version | metric | median | unit | min .. max (runs) | ratio | target |\n")
                    .append("|---|---|---|---|---|---|---|---|\n");
            for (Line line : lines(scenario, rows)) {
                text.append("| ")
                        .append(String.join(
                                " | ",
                                line.row.contestant(),
                                line.row.version(),
                                line.row.metric(),
                                line.median,
                                line.row.unit(),
                                line.range,
                                line.ratio,
                                line.target))
                        .append(" |\n");
            }
        }
        return text.toString();
    }

    private static List<Line> lines(String scenario, List<Row> rows) {
        Map<String, Double> first = new LinkedHashMap<>();
        return rows.stream()
                .filter(row -> row.scenario().equals(scenario) && !row.isStep())
                .map(row -> {
                    double base = first.computeIfAbsent(row.metric() + row.unit(), key -> row.median());
                    return new Line(
                            row,
                            number(row.median()),
                            number(row.min()) + " .. " + number(row.max()) + " (" + row.runs() + ")",
                            base == 0 ? "" : String.format(Locale.ROOT, "%.3f", row.median() / base),
                            Targets.of(row, rows).map(Targets.Verdict::text).orElse(remark(row)));
                })
                .toList();
    }

    private static String remark(Row row) {
        Matcher delivered = DELIVERED_OF.matcher(row.metric());
        boolean tooFew = delivered.matches()
                && row.median()
                        < SUSTAINED * Double.parseDouble(delivered.group(1).replace(",", ""));
        return tooFew ? "does not sustain this rate: its times grow for as long as it lasts" : "";
    }

    private static String number(double value) {
        if (Math.abs(value) >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
    }
}
