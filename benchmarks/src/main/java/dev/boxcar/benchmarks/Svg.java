package dev.boxcar.benchmarks;

import java.util.List;
import java.util.Locale;

/** A drawing with a transparent background, in colours that can be read on a white and on a black page. */
final class Svg {

    static final String TEXT = "#7d8590";
    static final String GRID = "#7d859055";

    private final StringBuilder shapes = new StringBuilder();
    private final int width;
    private final int height;

    Svg(int width, int height) {
        this.width = width;
        this.height = height;
    }

    void bar(double x, double y, double barWidth, double barHeight, String colour) {
        add("<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s'/>", x, y, barWidth, barHeight, colour);
    }

    void line(double x1, double y1, double x2, double y2, String colour) {
        add("<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='%s'/>", x1, y1, x2, y2, colour);
    }

    /** @param points pairs of x and y */
    void path(List<double[]> points, String colour) {
        StringBuilder at = new StringBuilder();
        points.forEach(point -> at.append(String.format(Locale.ROOT, "%.1f,%.1f ", point[0], point[1])));
        add(
                "<polyline points='%s' fill='none' stroke='%s' stroke-width='2'/>",
                at.toString().strip(), colour);
    }

    /** @param anchor {@code start}, {@code middle} or {@code end}: the part of the text that stands at x */
    void text(double x, double y, String anchor, String colour, String text) {
        add(
                "<text x='%.1f' y='%.1f' text-anchor='%s' fill='%s'>%s</text>",
                x, y, anchor, colour, text.replace("&", "&amp;").replace("<", "&lt;"));
    }

    private void add(String format, Object... values) {
        shapes.append("  ").append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    @Override
    public String toString() {
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif' font-size='13'>%n",
                        width,
                        height)
                + shapes + "</svg>\n";
    }
}
