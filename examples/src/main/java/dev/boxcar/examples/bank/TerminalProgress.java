package dev.boxcar.examples.bank;

import java.io.PrintStream;
import java.util.Map;

/** A block at the bottom of a terminal that is drawn anew several times a second, with the events above it. */
final class TerminalProgress implements Progress {

    private static final String CLEAR_TO_END = "\u001b[J";
    private static final int PARTITIONS = 64;
    private static final int BAR = 30;

    private final PrintStream out;
    private String block = "";

    TerminalProgress(PrintStream out) {
        this.out = out;
    }

    @Override
    public synchronized void event(String text) {
        draw("  * " + text + "\n", block);
    }

    @Override
    public synchronized void update(Snapshot snapshot) {
        StringBuilder lines = new StringBuilder("\n");
        lines.append("  ").append(bar(snapshot.fraction(), 1)).append('\n');
        lines.append(snapshot.line()).append('\n');
        for (Map.Entry<String, Integer> relay : snapshot.held().entrySet()) {
            lines.append(String.format(
                    "  %-8s %s %d of %d partitions%n",
                    relay.getKey(), bar(relay.getValue(), PARTITIONS), relay.getValue(), PARTITIONS));
        }
        draw("", lines.toString());
    }

    @Override
    public synchronized void end() {
        draw("", "");
    }

    private void draw(String above, String newBlock) {
        long height = block.chars().filter(c -> c == '\n').count();
        out.print((height > 0 ? "\u001b[" + height + "A" : "") + "\r" + CLEAR_TO_END + above + newBlock);
        out.flush();
        block = newBlock;
    }

    private static String bar(double value, double full) {
        int filled = (int) Math.round(Math.min(1, value / full) * BAR);
        return "█".repeat(filled) + "░".repeat(BAR - filled);
    }
}
