package dev.boxcar.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The drawings of docs/performance.md, each from the rows of a run. */
final class Plots {

    private static final int WIDTH = 760;
    private static final int LEFT = 150;
    private static final int RIGHT = 90;
    private static final int TOP = 40;
    private static final int BAR = 26;
    private static final String BOXCAR = "#2f81f7";
    private static final String LIMIT = "#d29922";
    private static final List<String> LINES = List.of("#8b949e", BOXCAR, LIMIT);

    private Plots() {}

    /** Draws what there are rows for. */
    static void draw(List<Row> rows, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<Row> drain = rows.stream()
                .filter(row -> row.scenario().equals("drain") && row.median() > 0)
                .toList();
        if (!drain.isEmpty()) {
            write(folder.resolve("drain.svg"), bars("drain: messages a second, logarithmic", drain));
        }
        Map<String, List<Double>> hostile = new LinkedHashMap<>();
        for (String label : List.of("undisturbed", "old transaction", "open writer")) {
            series(rows, "hostile", label + ": tenth %d of 10: p99", label, hostile);
        }
        if (!hostile.isEmpty()) {
            write(
                    folder.resolve("hostile.svg"),
                    lines("hostile: p99 in ms, from the first tenth of the messages to the last", hostile));
        }
        Map<String, List<Double>> backlog = new LinkedHashMap<>();
        series(rows, "backlog", "part %d of 10: rate", "messages a second", backlog);
        if (!backlog.isEmpty()) {
            write(
                    folder.resolve("backlog.svg"),
                    lines("backlog: messages a second, from the first tenth to the last", backlog));
        }
    }

    private static void write(Path file, Svg drawing) throws IOException {
        Files.writeString(file, drawing.toString(), StandardCharsets.UTF_8);
    }

    private static void series(
            List<Row> rows, String scenario, String format, String label, Map<String, List<Double>> series) {
        for (int step = 1; step <= 10; step++) {
            String metric = String.format(Locale.ROOT, format, step);
            rows.stream()
                    .filter(row -> row.is(scenario, BoxcarContestant.DEFAULT.name(), metric))
                    .forEach(row -> series.computeIfAbsent(label, key -> new ArrayList<>())
                            .add(row.median()));
        }
    }

    private static Svg bars(String title, List<Row> rows) {
        double low = Math.floor(
                Math.log10(rows.stream().mapToDouble(Row::median).min().orElseThrow()));
        double high = Math.ceil(
                Math.log10(rows.stream().mapToDouble(Row::median).max().orElseThrow()));
        double scale = (WIDTH - LEFT - RIGHT) / Math.max(1, high - low);
        int bottom = TOP + rows.size() * BAR;
        Svg svg = new Svg(WIDTH, bottom + 30);
        svg.text(LEFT, 20, "start", Svg.TEXT, title);
        for (double power = low; power <= high; power++) {
            double x = LEFT + (power - low) * scale;
            svg.line(x, TOP - 6, x, bottom, Svg.GRID);
            svg.text(x, bottom + 18, "middle", Svg.TEXT, number(Math.pow(10, power)));
        }
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            double y = TOP + i * BAR;
            double width = (Math.log10(row.median()) - low) * scale;
            String colour = row.contestant().startsWith("boxcar")
                    ? BOXCAR
                    : row.contestant().equals("limit") ? LIMIT : LINES.get(0);
            svg.text(LEFT - 8, y + 14, "end", Svg.TEXT, row.contestant());
            svg.bar(LEFT, y, width, BAR - 8, colour);
            svg.text(LEFT + width + 6, y + 14, "start", Svg.TEXT, number(row.median()));
        }
        return svg;
    }

    private static Svg lines(String title, Map<String, List<Double>> series) {
        int height = 240;
        double most = series.values().stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        double step = Math.pow(10, Math.floor(Math.log10(Math.max(most, 1e-3))));
        step = most / step < 2 ? step / 2 : most / step > 5 ? step * 2 : step;
        double top = Math.ceil(most / step) * step;
        int left = 90;
        Svg svg = new Svg(WIDTH, TOP + height + 30 + 20 * series.size());
        svg.text(left, 20, "start", Svg.TEXT, title);
        for (double value = 0; value <= top + step / 2; value += step) {
            double y = TOP + height * (1 - value / top);
            svg.line(left, y, WIDTH - 20, y, Svg.GRID);
            svg.text(left - 8, y + 4, "end", Svg.TEXT, number(value));
        }
        int index = 0;
        for (Map.Entry<String, List<Double>> each : series.entrySet()) {
            String colour = LINES.get((index + (series.size() == 1 ? 1 : 0)) % LINES.size());
            List<Double> values = each.getValue();
            List<double[]> points = new ArrayList<>();
            for (int i = 0; i < values.size(); i++) {
                points.add(new double[] {
                    left + (WIDTH - 20.0 - left) * i / Math.max(1, values.size() - 1),
                    TOP + height * (1 - values.get(i) / top)
                });
            }
            svg.path(points, colour);
            svg.text(left, TOP + height + 30 + 20.0 * index, "start", colour, "— " + each.getKey());
            index++;
        }
        return svg;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 10 || value == 0 ? "%,.0f" : "%.2f", value);
    }
}
