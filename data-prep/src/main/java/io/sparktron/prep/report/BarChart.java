package io.sparktron.prep.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Horizontal bars of two parts, kept and dropped, as SVG; each bar carries its numbers, so that colour is not needed to read it. */
final class BarChart {
    private static final int WIDTH = 720;
    private static final int NAMES = 170;
    private static final int NUMBERS = 190;
    private static final int BAR = 18;
    private static final int STEP = 24;

    private record Bar(String name, long kept, long dropped, String numbers) {}

    private final String title;
    private final List<Bar> bars = new ArrayList<>();

    /** @param title for those who cannot see it */
    BarChart(String title) {
        this.title = title;
    }

    BarChart bar(String name, long kept, long dropped, String numbers) {
        bars.add(new Bar(name, kept, dropped, numbers));
        return this;
    }

    String svg() {
        long longest = Math.max(
                1,
                bars.stream().mapToLong(bar -> bar.kept() + bar.dropped()).max().orElse(1));
        int height = bars.size() * STEP + 4;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n",
                WIDTH,
                height,
                Html.escape(title)));
        double scale = (double) (WIDTH - NAMES - NUMBERS) / longest;
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            int y = 2 + i * STEP;
            double kept = bar.kept() * scale;
            double dropped = bar.dropped() * scale;
            text(svg, NAMES - 8, y, "end", bar.name());
            rectangle(svg, "kept", NAMES, y, kept);
            rectangle(svg, "dropped", NAMES + kept, y, dropped);
            text(svg, NAMES + kept + dropped + 6, y, "start", bar.numbers());
        }
        return svg.append("</svg>\n").toString();
    }

    private static void rectangle(StringBuilder svg, String kind, double x, int y, double width) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>",
                kind,
                x,
                y,
                width,
                BAR));
    }

    private static void text(StringBuilder svg, double x, int y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>%n",
                x,
                y + 14,
                anchor,
                Html.escape(text)));
    }
}
