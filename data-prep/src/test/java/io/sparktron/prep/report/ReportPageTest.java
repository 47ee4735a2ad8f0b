package io.sparktron.prep.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.pack.PackReport;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class ReportPageTest {
    private static final String NASTY = "</blockquote><script>alert('x')</script> & \"quoted\" \u0001";

    private static String page() {
        CorpusReport corpus = new CorpusReport(
                List.of(
                        new CorpusReport.Stage("read", 1, 0, 8, 5660),
                        new CorpusReport.Stage("filter", 2, 90, 6, 5570)),
                List.of(new CorpusReport.Source("web & wiki", 9, 5660, 6, 5570, 1234567)),
                List.of(new CorpusReport.Bin(0, 0, 0, 1), new CorpusReport.Bin(256, 511, 2, 2)),
                List.of(new CorpusReport.Language("en", 2, 4)),
                List.of(new CorpusReport.Group(3, 4, 1, 2)),
                List.of(new CorpusReport.Rule(
                        "near-duplicate",
                        "near-duplicate",
                        0.7,
                        2,
                        List.of(new CorpusReport.Example("b:1", 0.9, NASTY, "a:0", "what was kept")))));
        SearchReport search = new SearchReport(
                20,
                5,
                List.of(new SearchReport.Point(0, 0), new SearchReport.Point(0.7, 0.97), new SearchReport.Point(1, 1)),
                List.of(new SearchReport.Bucket(5000, "c:7", NASTY)),
                List.of(new SearchReport.Overlap("test.txt", 1000, 14)));
        PrepReport report = new PrepReport(
                false,
                9,
                5660,
                List.of(),
                List.of(new PrepReport.Split("train", 6, 5570, 1234567, 89, 5, 1)),
                List.of(
                        new PackReport.Source("web & wiki", 4, 400, 9, 900, 0.75, 0.75),
                        new PackReport.Source("books", 2, 300, 2, 300, 0.25, 0.25)));
        Provenance provenance = new Provenance("prep 7", Map.of("prep.seed", "1234"), 2, 9999, "abc");
        return ReportPage.of(new ReportFile(provenance, report, corpus, search), 0.7);
    }

    @Test
    void textOfDocumentsCannotBecomeMarkup() {
        assertThat(page())
                .doesNotContain("<script")
                .contains("&lt;script&gt;alert(&#39;x&#39;)")
                .doesNotContain("\u0001");
    }

    @Test
    void itNeedsNothingElse() {
        assertThat(page()).doesNotContain("http").doesNotContain("src=").doesNotContain("url(");
    }

    @Test
    void itSaysTheNumbers() {
        assertThat(page())
                .contains("1,234,567")
                .contains("of 3 to 4")
                .contains("measured 0.9000, threshold 0.7000")
                .contains("kept instead: a:0")
                .contains("1.4 %")
                .contains("20 bands of 5 rows")
                .contains("web &amp; wiki")
                .contains("<td>books</td>")
                .contains("25.0 %");
    }

    @Test
    void everyElementIsClosed() throws Exception {
        String xml = page().replace("<!doctype html>\n", "").replaceAll("<meta ([^>]*)>", "<meta $1/>");
        assertThat(DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new InputSource(new StringReader(xml)))
                        .getDocumentElement()
                        .getTagName())
                .isEqualTo("html");
    }
}
