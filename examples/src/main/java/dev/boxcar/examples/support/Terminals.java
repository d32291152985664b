package dev.boxcar.examples.support;

import java.io.Console;

/** Whether somebody watches. */
public final class Terminals {

    private Terminals() {}

    /** Whether standard output is a terminal that can move its cursor. */
    @SuppressWarnings("SystemConsoleNull") // null before Java 22, and isTerminal() since
    public static boolean isInteractive() {
        String term = System.getenv("TERM");
        Console console = System.console();
        return console != null && isTerminal(console) && term != null && !term.equals("dumb");
    }

    /** Since Java 22 there may be a console without a terminal; the method that tells is unknown to Java 17. */
    private static boolean isTerminal(Console console) {
        try {
            return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
