package io.sparktron.prep.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Pages with known main text among known boilerplate, and the character sets of pages. */
class HtmlTextTest {
    private static final String LONG =
            "The first paragraph of the story has words enough that nobody would take it for a"
                    + " caption, a menu or a button of the page around it.";
    private static final String SECOND =
            "A second one follows, in which an <a href='/x'>inner link</a> is no reason to throw away all of the many words"
                    + " that stand before and after it in the line.";
    private static final String SECOND_TEXT = SECOND.replaceAll("<[^>]*>", "");

    @Test
    void navigationCookiesAndFootersGo() {
        String page = "<html><head><title>Story - Site</title><style>p{}</style></head><body>"
                + "<div id='cookie-banner'><p>" + LONG.replace("story", "cookies") + "</p></div>"
                + "<div><a href='/'>Home</a> | <a href='/n'>News</a> | <a href='/s'>Sport</a></div>"
                + "<ul><li><a href='/1'>First other story</a></li><li><a href='/2'>Second other story</a></li></ul>"
                + "<div><h1>The story<a href='#x'>¶</a></h1><p>" + LONG + "</p>\n<p>" + SECOND + "</p></div>"
                + "<aside><p>" + LONG.replace("story", "aside") + "</p></aside>"
                + "<div>Tags: a, b</div><h3>More</h3><div><a href='/3'>A third story that is linked to</a></div>"
                + "<p style='display: none'>" + LONG.replace("story", "secret") + "</p>"
                + "<footer>" + LONG.replace("story", "footer")
                + "</footer><div>Copyright 2026 by the site. All rights reserved.</div>"
                + "<script>var a = '" + LONG + "';</script></body></html>";

        assertThat(HtmlText.mainText(page)).contains("The story\n\n" + LONG + "\n\n" + SECOND_TEXT);
    }

    @Test
    void nothingOutsideAMarkedMainTextCounts() {
        String outside = "<div><p>" + LONG.replace("story", "teaser") + "</p><p>" + SECOND + "</p></div>";
        String inside = "<h2>Part</h2><p>" + LONG + "</p><p>" + SECOND + "</p><p>Short end</p>";
        String expected = "Part\n\n" + LONG + "\n\n" + SECOND_TEXT + "\n\nShort end";
        for (String zone : new String[] {"main", "article", "div role='main'"}) {
            String page = outside + "<" + zone + ">" + inside + "</" + zone.split(" ")[0] + ">" + outside;
            assertThat(HtmlText.mainText(page)).as(zone).contains(expected);
        }
        // Unless there is next to nothing in it.
        assertThat(HtmlText.mainText("<main>Loading</main>" + outside).orElseThrow())
                .contains("teaser", "A second one");
    }

    @Test
    void teasersBetweenLinksAreNoMainText() {
        String teaser = "<p><a href='/1'>A headline of some other page</a></p><p>" + LONG + "</p>";

        assertThat(HtmlText.mainText(teaser + teaser + teaser + "<p><a href='/'>All of them</a></p>"))
                .isEmpty();
        assertThat(HtmlText.mainText("<p>" + LONG + "</p>")).contains(LONG);
    }

    @Test
    void shortBlocksStayBetweenLongOnes() {
        String items = "<ul><li>flour</li><li>two eggs</li><li>milk</li></ul>";
        assertThat(HtmlText.mainText("<p>" + LONG + "</p>" + items + "<p>" + SECOND + "</p>"))
                .contains(LONG + "\n\nflour\ntwo eggs\nmilk\n\n" + SECOND_TEXT);
        // At the end of the page the next two stay, if they are sentences.
        String ends = "<p>Is this still in the text?</p><p>Log in</p><p>This is one sentence too many.</p>";
        assertThat(HtmlText.mainText("<p>" + LONG + "</p>" + ends)).contains(LONG + "\n\nIs this still in the text?");
    }

    @Test
    void linesTablesAndCodeKeepTheirShape() {
        String page = "<p>" + LONG + "<br>A new line&nbsp;of\n   it, hyphen&shy;ated &amp; more</p>"
                + "<table><tr><th>name</th><th>size</th></tr><tr><td>a</td><td>1</td></tr></table>"
                + "<pre>\n  if (x) {\n\n    y();\n  }\n</pre><p>" + SECOND + "</p>";

        assertThat(HtmlText.mainText(page))
                .contains(LONG
                        + "\nA new line of it, hyphenated & more\n\nname\tsize\na\t1\n\n  if (x) {\n\n    y();\n  }\n\n"
                        + SECOND_TEXT);
    }

    @Test
    void limitsAreWhereTheyAreSaidToBe() {
        assertThat(HtmlText.mainText("<p>" + "word ".repeat(16) + "</p>")).isEmpty();
        assertThat(HtmlText.mainText("<p>" + "word ".repeat(17) + "</p>")).isPresent();
        String third = "<p>" + "word ".repeat(20) + "<a>" + "word ".repeat(10) + "</a></p>";
        assertThat(HtmlText.mainText(third)).isPresent();
        assertThat(HtmlText.mainText(third.replace("<a>", "<a>x"))).isEmpty();
        assertThat(TextBlocks.words("It's one, two; three-four 5.")).isEqualTo(6);
        assertThat(TextBlocks.words("日本語の文章を読みます。")).isEqualTo(5);
        assertThat(TextBlocks.words("हिन्दी में")).isEqualTo(2);
        assertThat(TextBlocks.words("")).isZero();
    }

    @Test
    void brokenAndOddPagesAreRead() {
        assertThat(HtmlText.mainText("")).isEmpty();
        assertThat(HtmlText.mainText("no tags at all, but " + LONG)).contains("no tags at all, but " + LONG);
        assertThat(HtmlText.mainText("<p><b><i>" + LONG + "<table><td>")).contains(LONG);
        assertThat(HtmlText.mainText("<frameset><frame src='a'></frameset>")).isEmpty();
        assertThat(HtmlText.mainText("<div>".repeat(100_000) + LONG)).isPresent();
        assertThat(HtmlText.mainText("<b>".repeat(20_000) + LONG)).isPresent();
    }

    @Test
    void theCharacterSetIsThatOfMarkTransportOrDeclaration() {
        String text = "<meta charset='windows-1252'>Zürich – 5 €";
        byte[] windows = text.getBytes(Charset.forName("windows-1252"));

        assertDecoded(windows, null, text);
        assertDecoded(windows, "iso-8859-1", text);
        assertDecoded(windows, "no such set", text);
        assertDecoded(text.getBytes(StandardCharsets.UTF_8), "UTF-8", text);
        assertDecoded(("\uFEFF" + text).getBytes(StandardCharsets.UTF_8), "windows-1252", text);
        assertDecoded(("\uFEFF" + text).getBytes(StandardCharsets.UTF_16LE), null, text);
        assertDecoded(("\uFEFF" + text).getBytes(StandardCharsets.UTF_16BE), null, text);
        String equivalent = "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=koi8-r\">книга";
        assertDecoded(equivalent.getBytes(Charset.forName("koi8-r")), null, equivalent);
        String japanese = "<?xml version='1.0' encoding='Shift_JIS'?>日本語";
        assertDecoded(japanese.getBytes(Charset.forName("Shift_JIS")), null, japanese);
        assertDecoded("<meta charset=utf-16>ü".getBytes(StandardCharsets.UTF_8), null, "<meta charset=utf-16>ü");
        assertThat(HtmlText.decode("Zürich".getBytes(StandardCharsets.ISO_8859_1), null))
                .isEmpty();
        assertThat(HtmlText.decode(windows, "UTF-8")).isEmpty();
        assertDecoded(new byte[0], null, "");
    }

    private static void assertDecoded(byte[] bytes, String transport, String text) {
        assertThat(HtmlText.decode(bytes, transport)).isEqualTo(Optional.of(text));
    }
}
