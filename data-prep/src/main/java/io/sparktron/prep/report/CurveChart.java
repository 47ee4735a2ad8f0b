package io.sparktron.prep.report;

import java.util.List;
import java.util.Locale;

/** The S-curve of a banding as SVG: how probable it is that a pair is found, by its similarity. */
final class CurveChart {
    private static final int SIDE = 260;
    private static final int MARGIN = 44;

    private CurveChart() {}

    static String svg(List<SearchReport.Point> curve, double threshold) {
        StringBuilder points = new StringBuilder();
        for (SearchReport.Point point : curve) {
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point.similarity()), y(point.found())));
        }
        return String.format(
                        Locale.ROOT,
                        "<svg class=\"curve\" viewBox=\"0 0 %d %d\" role=\"img\""
                                + " aria-label=\"probability of being found, by similarity\">%n",
                        SIDE + 2 * MARGIN,
                        SIDE + 2 * MARGIN)
                + line(0, 0, 1, 0, "axis")
                + line(0, 0, 0, 1, "axis")
                + line(threshold, 0, threshold, 1, "mark")
                + String.format(
                        "<polyline class=\"line\" points=\"%s\"/>%n",
                        points.toString().trim())
                + label(x(0), y(0) + 16, "middle", "0")
                + label(x(1), y(0) + 16, "middle", "1")
                + label(x(threshold), y(0) + 16, "middle", Html.number(threshold))
                + label(x(0.5), y(0) + 34, "middle", "similarity (Jaccard)")
                + label(x(0) - 6, y(1) + 5, "end", "1")
                + label(x(0) - 6, y(0) + 5, "end", "0")
                + label(x(0) + 6, y(1) - 8, "start", "probability of being found")
                + "</svg>\n";
    }

    private static double x(double similarity) {
        return MARGIN + similarity * SIDE;
    }

    private static double y(double found) {
        return MARGIN + (1 - found) * SIDE;
    }

    private static String line(double x1, double y1, double x2, double y2, String kind) {
        return String.format(
                Locale.ROOT,
                "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
                kind,
                x(x1),
                y(y1),
                x(x2),
                y(y2));
    }

    private static String label(double x, double y, String anchor, String text) {
        return String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
                x,
                y,
                anchor,
                Html.escape(text));
    }
}
