package dev.boxcar.benchmarks;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All measured values, as a table for people and as JSON for programs. Not for several threads. */
final class Report {

    /** What was measured. */
    record Metric(String scenario, String contestant, String version, String metric, String unit) {}

    private final Map<Metric, List<Double>> values = new LinkedHashMap<>();

    void add(Metric metric, double value) {
        values.computeIfAbsent(metric, key -> new ArrayList<>()).add(value);
    }

    /** The median of a metric's values; NaN when there are none. */
    double median(String scenario, String contestant, String metric) {
        return values.entrySet().stream()
                .filter(each -> each.getKey().scenario().equals(scenario)
                        && each.getKey().contestant().equals(contestant)
                        && each.getKey().metric().equals(metric))
                .mapToDouble(each -> median(each.getValue()))
                .findFirst()
                .orElse(Double.NaN);
    }

    static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** A table of a scenario: each metric with its median, range and ratio to the scenario's first contestant. */
    void print(String scenario, PrintStream out) {
        String format = "  %-22s %-26s %14s %-8s %26s %9s%n";
        out.printf(format, "contestant", "metric", "median", "unit", "min .. max (runs)", "ratio");
        Map<String, Double> first = new LinkedHashMap<>();
        values.forEach((metric, all) -> {
            if (!metric.scenario().equals(scenario)) {
                return;
            }
            double median = median(all);
            double base = first.computeIfAbsent(metric.metric() + metric.unit(), key -> median);
            out.printf(
                    format,
                    metric.contestant(),
                    metric.metric(),
                    number(median),
                    metric.unit(),
                    number(min(all)) + " .. " + number(max(all)) + " (" + all.size() + ")",
                    base == 0 ? "" : String.format(Locale.ROOT, "%.3f", median / base));
        });
    }

    private static String number(double value) {
        if (Math.abs(value) >= 100) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
    }

    /** An array of {@code scenario, contestant, version, metric, unit, median, min, max, runs}. */
    String json() {
        List<String> rows = new ArrayList<>();
        values.forEach((metric, all) -> rows.add("  {\"scenario\": " + text(metric.scenario()) + ", \"contestant\": "
                + text(metric.contestant()) + ", \"version\": " + text(metric.version()) + ", \"metric\": "
                + text(metric.metric()) + ", \"unit\": " + text(metric.unit()) + ", \"median\": "
                + decimal(median(all)) + ", \"min\": " + decimal(min(all)) + ", \"max\": " + decimal(max(all))
                + ", \"runs\": " + all.size() + "}"));
        return "[\n" + String.join(",\n", rows) + "\n]\n";
    }

    private static double min(List<Double> all) {
        return all.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }

    private static double max(List<Double> all) {
        return all.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }

    private static String decimal(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "null";
    }

    private static String text(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
