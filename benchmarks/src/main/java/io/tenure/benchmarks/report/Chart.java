package io.tenure.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** One bar per reach: how near it is to its bound, which is one line for all bars. */
final class Chart {

    private static final int LABEL = 520;
    private static final int UNIT = 220;
    private static final int WIDTH = LABEL + 2 * UNIT + 130;
    private static final int ROW = 26;
    private static final int TOP = 46;
    private static final double MOST = 2;

    private final List<Report.Entry> entries;

    Chart(List<Report.Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    String svg() {
        var rows = new StringBuilder();
        int y = TOP;
        for (var entry : entries) {
            if (entry.failure() != null) {
                rows.append(text(8, y, entry.id() + "  " + entry.title()))
                        .append(text(LABEL, y, "missing: " + entry.failure()));
                y += ROW;
            }
            for (var reach : entry.outcome().reaches()) {
                rows.append(text(8, y, entry.id() + "  " + reach.what())).append(bar(reach, y));
                y += ROW;
            }
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="13">
                <rect width="100%%" height="100%%" fill="white"/>
                <text x="8" y="22" font-size="15">Reaches relative to their bounds (longer is better; the line is the bound)</text>
                %s<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="#222" stroke-dasharray="4 3"/>
                </svg>
                """.formatted(WIDTH, y + 12, rows, LABEL + UNIT, TOP - 12, LABEL + UNIT, y);
    }

    private static String bar(Reach reach, int y) {
        if (reach.value().isEmpty()) {
            return text(LABEL, y, "missing: " + reach.missing());
        }
        int length = (int) Math.round(Math.min(MOST, reach.score()) * UNIT);
        var says = "%s (%s %s)"
                .formatted(
                        Report.number(reach.value().getAsDouble()),
                        reach.sense() == Reach.Sense.AT_LEAST ? "≥" : "≤",
                        Report.number(reach.bound()));
        return String.format(
                        Locale.ROOT,
                        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>%n",
                        LABEL,
                        y - 13,
                        length,
                        ROW - 8,
                        reach.isMet() ? "#3a7d44" : "#b8442f")
                + text(LABEL + length + 6, y, says);
    }

    private static String text(int x, int y, String content) {
        var safe = content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        return "<text x=\"%d\" y=\"%d\">%s</text>%n".formatted(x, y, safe);
    }
}
