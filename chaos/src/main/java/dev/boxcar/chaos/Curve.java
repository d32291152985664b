package dev.boxcar.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Several values over time: as CSV, and drawn one below the other as an SVG. Not for several threads. */
final class Curve {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 110;
    private static final int LEFT = 20;
    private static final int TITLE = 24;

    private final List<String> names;
    private final List<double[]> rows = new ArrayList<>();
    private final List<Double> seconds = new ArrayList<>();

    /** @param names of the values, with their units */
    Curve(List<String> names) {
        this.names = List.copyOf(names);
    }

    void add(double second, double... values) {
        if (values.length != names.size()) {
            throw new IllegalArgumentException(values.length + " values for " + names.size() + " names");
        }
        seconds.add(second);
        rows.add(values.clone());
    }

    int size() {
        return rows.size();
    }

    /** The median of one value between two parts of the time, from 0 to 1. */
    double median(String name, double from, double to) {
        int column = names.indexOf(name);
        double[] sorted = rows.subList((int) (from * rows.size()), (int) Math.ceil(to * rows.size())).stream()
                .mapToDouble(row -> row[column])
                .sorted()
                .toArray();
        return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
    }

    String csv() {
        StringBuilder text = new StringBuilder("second," + String.join(",", names)).append('\n');
        for (int i = 0; i < rows.size(); i++) {
            text.append(String.format(Locale.ROOT, "%.1f", seconds.get(i)));
            for (double value : rows.get(i)) {
                text.append(String.format(Locale.ROOT, ",%.1f", value));
            }
            text.append('\n');
        }
        return text.toString();
    }

    String svg() {
        int height = names.size() * (HEIGHT + TITLE) + TITLE;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" font-family=\"sans-serif\" "
                        + "font-size=\"12\">%n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                WIDTH + 2 * LEFT,
                height));
        for (int column = 0; column < names.size(); column++) {
            draw(svg, column, column * (HEIGHT + TITLE) + TITLE);
        }
        return svg.append("</svg>\n").toString();
    }

    private void draw(StringBuilder svg, int column, int top) {
        double most = rows.stream().mapToDouble(row -> row[column]).max().orElse(1);
        double last = seconds.isEmpty() ? 1 : Math.max(1, seconds.get(seconds.size() - 1));
        double scale = most <= 0 ? 0 : HEIGHT / most;
        String points = java.util.stream.IntStream.range(0, rows.size())
                .mapToObj(i -> String.format(
                        Locale.ROOT,
                        "%.1f,%.1f",
                        LEFT + seconds.get(i) / last * WIDTH,
                        top + HEIGHT - rows.get(i)[column] * scale))
                .collect(Collectors.joining(" "));
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\">%s; at most %,.0f, over %,.0f s</text>%n"
                        + "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#ccc\"/>%n"
                        + "<polyline points=\"%s\" fill=\"none\" stroke=\"#1f5fa8\"/>%n",
                LEFT,
                top - 6,
                names.get(column),
                most,
                last,
                LEFT,
                top,
                WIDTH,
                HEIGHT,
                points));
    }

    void write(Path csv, Path svg) throws IOException {
        Files.writeString(csv, csv());
        Files.writeString(svg, svg());
    }
}
