package dev.boxcar.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All measured values of one call. Not for several threads. */
final class Report {

    /** What was measured. */
    private record Metric(String scenario, String contestant, String version, String metric, String unit) {}

    private final Map<Metric, List<Double>> values = new LinkedHashMap<>();

    void add(String scenario, Contestant contestant, String metric, String unit, double value) {
        values.computeIfAbsent(
                        new Metric(scenario, contestant.name(), contestant.version(), metric, unit),
                        key -> new ArrayList<>())
                .add(value);
    }

    /** The median of a metric's values; NaN when there are none. */
    double median(String scenario, Contestant contestant, String metric) {
        return rows().stream()
                .filter(row -> row.is(scenario, contestant.name(), metric))
                .mapToDouble(Row::median)
                .findFirst()
                .orElse(Double.NaN);
    }

    /** A row for each metric, in the order in which they were first measured. */
    List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        values.forEach((metric, all) -> {
            double[] sorted =
                    all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            rows.add(new Row(
                    metric.scenario,
                    metric.contestant,
                    metric.version,
                    metric.metric,
                    metric.unit,
                    median(sorted),
                    sorted[0],
                    sorted[sorted.length - 1],
                    sorted.length));
        });
        return rows;
    }

    private static double median(double[] sorted) {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
