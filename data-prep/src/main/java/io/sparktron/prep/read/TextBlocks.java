package io.sparktron.prep.read;

import io.sparktron.prep.read.TextBlock.Gap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeFilter;

/**
 * Cuts a page into blocks of text. White space folds as in a browser, {@code br} is a line end, {@code pre} stays as it is, a no-break space is
 * a space and a soft hyphen nothing. Left out is what says itself that it is no text of the page: {@link HtmlFrame}.
 */
final class TextBlocks implements NodeFilter {
    private static final Set<String> PARAGRAPHS = Set.of(
            "address",
            "article",
            "blockquote",
            "body",
            "center",
            "details",
            "div",
            "dl",
            "fieldset",
            "figcaption",
            "figure",
            "form",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "hr",
            "main",
            "ol",
            "p",
            "pre",
            "section",
            "summary",
            "table",
            "ul");
    private static final Set<String> LINES = Set.of("caption", "dd", "dt", "legend", "li", "option", "tr");
    private static final Set<String> CELLS = Set.of("td", "th");

    private final List<TextBlock> blocks = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private Gap gap = Gap.PARAGRAPH;
    private boolean space; // one is due before the next sign
    private int signs; // letters and digits of the block
    private int linked; // those in links
    private int linkStart;
    private int signsBeforeLink;
    private int links;
    private int preformatted;
    private int headings;
    private int mains;
    private int articles;

    private TextBlocks() {}

    static List<TextBlock> of(Document page) {
        TextBlocks blocks = new TextBlocks();
        page.body().filter(blocks);
        blocks.end(Gap.PARAGRAPH);
        return blocks.blocks;
    }

    @Override
    public FilterResult head(Node node, int depth) {
        if (node instanceof TextNode leaf) {
            append(leaf.getWholeText());
        } else if (node instanceof Element element) {
            if (HtmlFrame.isFrame(element)) {
                return FilterResult.SKIP_ENTIRELY;
            }
            enter(element, element.normalName());
        }
        return FilterResult.CONTINUE;
    }

    private void enter(Element element, String name) {
        breakAt(name);
        count(element, name, 1);
        if (name.equals("br")) {
            space = false;
            int end = text.length();
            if (end < 2 || text.charAt(end - 1) != '\n' || text.charAt(end - 2) != '\n') {
                text.append('\n');
            }
        } else if (name.equals("a") && links == 1) {
            linkStart = text.length();
            signsBeforeLink = signs;
        }
    }

    @Override
    public FilterResult tail(Node node, int depth) {
        if (node instanceof Element element) {
            String name = element.normalName();
            if (name.equals("a") && links == 1 && signs == signsBeforeLink && linkStart <= text.length()) {
                text.setLength(linkStart); // a mark to link to, as behind headings
            }
            breakAt(name);
            count(element, name, -1);
        }
        return FilterResult.CONTINUE;
    }

    private void count(Element element, String name, int by) {
        switch (name) {
            case "a" -> links += by;
            case "pre" -> preformatted += by;
            case "h1", "h2", "h3", "h4", "h5", "h6" -> headings += by;
            case "main" -> mains += by;
            case "article" -> articles += by;
            default -> mains += element.attr("role").equals("main") ? by : 0;
        }
    }

    private void breakAt(String name) {
        if (PARAGRAPHS.contains(name)) {
            end(Gap.PARAGRAPH);
        } else if (LINES.contains(name)) {
            end(Gap.LINE);
        } else if (CELLS.contains(name)) {
            end(Gap.CELL);
        }
    }

    private void append(String leaf) {
        for (int i = 0; i < leaf.length(); i++) {
            char c = leaf.charAt(i);
            if (c == '\u00AD') {
                continue;
            }
            boolean blank = c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\u00A0';
            if (blank && preformatted == 0) {
                space = true;
                continue;
            }
            if (space && !text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
                text.append(' ');
            }
            space = false;
            text.append(c == '\u00A0' ? ' ' : c);
            if (c > ' ' && Character.isLetterOrDigit(c)) {
                signs++;
                linked += links > 0 ? 1 : 0;
            }
        }
    }

    private void end(Gap next) {
        if (signs > 0) {
            String lines =
                    preformatted > 0 ? withoutBlankEnds(text) : text.toString().strip();
            int zone = mains > 0 ? 2 : articles > 0 ? 1 : 0;
            blocks.add(new TextBlock(lines, words(lines), (double) linked / signs, headings > 0, zone, gap));
            gap = next;
        } else if (next.compareTo(gap) > 0) {
            gap = next;
        }
        text.setLength(0);
        space = false;
        signs = 0;
        linked = 0;
        linkStart = 0;
        signsBeforeLink = 0;
    }

    /** Without empty lines around, but with the indentation of the first one. */
    private static String withoutBlankEnds(CharSequence text) {
        String lines = text.toString().stripTrailing();
        int start = 0;
        for (int i = 0; i < lines.length() && Character.isWhitespace(lines.charAt(i)); i++) {
            if (lines.charAt(i) == '\n') {
                start = i + 1;
            }
        }
        return lines.substring(start);
    }

    /** Runs of letters and digits; in scripts that are written without spaces, every second sign begins one. */
    static int words(String text) {
        int words = 0;
        int halves = 0;
        boolean inside = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '\u0E00' && isUnspaced(c)) {
                halves++;
                inside = false;
            } else if (Character.isLetterOrDigit(c)) {
                words += inside ? 0 : 1;
                inside = true;
            } else {
                inside = inside && (c == '\'' || c == '\u2019' || isMark(c));
            }
        }
        return words + halves / 2;
    }

    /** Vowels and accents that are signs of their own. */
    private static boolean isMark(char c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.COMBINING_SPACING_MARK;
    }

    /** Thai to Myanmar, Khmer, and the scripts of Chinese and Japanese. */
    private static boolean isUnspaced(char c) {
        return (c < '\u10A0' && Character.isLetter(c) && (c < '\u0F00' || c >= '\u1000'))
                || (c >= '\u1780' && c < '\u1800')
                || (c >= '\u3040' && c < '\uA000')
                || (c >= '\uF900' && c < '\uFB00');
    }
}
