package io.tenure.local.platform;

import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Says how far the parts are. On a terminal a table that is redrawn in place; anywhere else a line for each change of
 * state. Safe for use by several threads.
 */
public final class Progress {

    private final PrintStream out;
    private final boolean terminal;
    private final long began = System.nanoTime();
    private final Map<String, String> table = new LinkedHashMap<>();
    private int drawn;

    /**
     * A display.
     *
     * @param terminal whether the lines before can be overwritten
     */
    public Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** A display on standard output; the launcher says whether that is a terminal. */
    public static Progress onStandardOutput() {
        return new Progress(System.out, Boolean.getBoolean("tenure.terminal"));
    }

    /** A part has a new state. */
    public synchronized void part(String name, String state) {
        var line = String.format(Locale.ROOT, "%6.1f s  %-13s %s", seconds(), name, state);
        table.put(name, line);
        if (terminal) {
            redraw();
        } else {
            out.println(line);
            out.flush();
        }
    }

    /** Ends the table: what is printed next stays below it. */
    public synchronized void done() {
        table.clear();
        drawn = 0;
    }

    /** How long this display has existed. */
    public Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    private double seconds() {
        return elapsed().toMillis() / 1000.0;
    }

    private void redraw() {
        var text = new StringBuilder();
        if (drawn > 0) {
            text.append("\033[").append(drawn).append('A');
        }
        table.values().forEach(line -> text.append("\033[2K").append(line).append('\n'));
        drawn = table.size();
        out.print(text);
        out.flush();
    }
}
