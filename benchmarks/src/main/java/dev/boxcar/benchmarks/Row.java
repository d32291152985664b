package dev.boxcar.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What became of the values of one metric: a row of the JSON file.
 *
 * @param contestant whose values these are
 * @param unit {@code msg/s} for rates
 * @param runs how many values there were
 */
record Row(
        String scenario,
        String contestant,
        String version,
        String metric,
        String unit,
        double median,
        double min,
        double max,
        int runs) {

    /** One step of a long run: for plots, too many for a table. */
    private static final Pattern STEP = Pattern.compile(".*\\b(tenth|part) \\d+ of \\d+: .*");

    boolean isStep() {
        return isStep(metric);
    }

    static boolean isStep(String metric) {
        return STEP.matcher(metric).matches();
    }

    boolean is(String wantedScenario, String wantedContestant, String wantedMetric) {
        return scenario.equals(wantedScenario) && contestant.equals(wantedContestant) && metric.equals(wantedMetric);
    }

    /** The rows of such a file. */
    static List<Row> read(Path file) throws IOException {
        return List.of(new ObjectMapper().readValue(file.toFile(), Row[].class));
    }

    /** An array of {@code scenario, contestant, version, metric, unit, median, min, max, runs}. */
    static String json(List<Row> rows) {
        return rows.stream().map(Row::json).collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }

    private String json() {
        return "  {\"scenario\": " + text(scenario) + ", \"contestant\": " + text(contestant) + ", \"version\": "
                + text(version) + ", \"metric\": " + text(metric) + ", \"unit\": " + text(unit) + ", \"median\": "
                + decimal(median) + ", \"min\": " + decimal(min) + ", \"max\": " + decimal(max) + ", \"runs\": " + runs
                + "}";
    }

    private static String decimal(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "null";
    }

    private static String text(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
