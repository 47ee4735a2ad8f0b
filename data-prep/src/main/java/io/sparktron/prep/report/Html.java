package io.sparktron.prep.report;

import java.util.Locale;

/** Pieces of a page. Text of documents is never trusted. */
final class Html {
    private final StringBuilder page = new StringBuilder();

    static String escape(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.append(c < ' ' && c != '\n' && c != '\t' ? ' ' : c);
            }
        }
        return safe.toString();
    }

    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** As few digits as it takes. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? number((long) value)
                : String.format(Locale.ROOT, "%.4g", value);
    }

    static String share(double part, double whole) {
        return whole == 0 ? "-" : String.format(Locale.ROOT, "%.1f %%", 100 * part / whole);
    }

    /** Markup, as it is. */
    Html raw(String markup) {
        page.append(markup);
        return this;
    }

    Html text(String text) {
        page.append(escape(text));
        return this;
    }

    Html heading(String text, String explanation) {
        return raw("\n<h2>").text(text).raw("</h2>\n<p>").text(explanation).raw("</p>\n");
    }

    /** Begins a table; a column whose title begins with # holds numbers. */
    Html table(String... titles) {
        raw("<div class=\"wide\"><table><tr>");
        for (String title : titles) {
            boolean number = title.startsWith("#");
            raw(number ? "<th class=\"n\">" : "<th>")
                    .text(number ? title.substring(1) : title)
                    .raw("</th>");
        }
        return raw("</tr>\n");
    }

    /** A row: numbers are set to the right, null is an empty cell. */
    Html row(Object... cells) {
        raw("<tr>");
        for (Object cell : cells) {
            if (cell instanceof Long || cell instanceof Integer) {
                raw("<td class=\"n\">").raw(number(((Number) cell).longValue())).raw("</td>");
            } else if (cell instanceof Double value) {
                raw("<td class=\"n\">").raw(number(value)).raw("</td>");
            } else {
                raw("<td>").text(cell == null ? "" : cell.toString()).raw("</td>");
            }
        }
        return raw("</tr>\n");
    }

    Html endTable() {
        return raw("</table></div>\n");
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
