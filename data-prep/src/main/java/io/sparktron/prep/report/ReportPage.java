package io.sparktron.prep.report;

import io.sparktron.prep.pack.PackReport;
import java.util.Map;

/**
 * {@code report.html}: where a corpus' documents went and why, in one file that needs nothing else, neither scripts nor the network. All numbers on it are in
 * {@code report.json} too.
 */
public final class ReportPage {
    public static final String NAME = "report.html";

    private static final String STYLE = """
            :root { color-scheme: light dark; --kept: #2f6f9f; --dropped: #d08a3c; --line: #8884; }
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
            h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
            table { border-collapse: collapse; font-size: .9rem; } .wide { overflow-x: auto; }
            th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
            .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
            svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; } svg.curve { max-width: 24rem; }
            text { fill: currentColor; } .kept { fill: var(--kept); } .dropped { fill: var(--dropped); }
            .line { fill: none; stroke: var(--kept); stroke-width: 2; } .axis { stroke: currentColor; }
            .mark { stroke: var(--dropped); stroke-dasharray: 4 3; }
            .key::before { content: "\\25a0 "; } .key.kept { color: var(--kept); } .key.dropped { color: var(--dropped); }
            details { margin: .4rem 0; } summary { cursor: pointer; } blockquote { margin: .2rem 0 .8rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .85rem; }
            """;
    private static final String KEY =
            "<p><span class=\"key kept\">kept</span> <span class=\"key dropped\">dropped</span></p>\n";

    private final ReportFile file;
    private final double threshold;
    private final Html html = new Html();

    private ReportPage(ReportFile file, double threshold) {
        this.file = file;
        this.threshold = threshold;
    }

    /** @param threshold of near duplicates */
    public static String of(ReportFile file, double threshold) {
        return new ReportPage(file, threshold).page();
    }

    private String page() {
        html.raw(
                        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                                + "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Corpus report</title>\n<style>\n")
                .raw(STYLE)
                .raw("</style></head><body>\n<h1>Corpus report</h1>\n<p>")
                .text(Html.number(file.report().documents()) + " documents of "
                        + Html.number(file.provenance().inputFiles()) + " files, "
                        + Html.number(file.provenance().inputBytes()) + " bytes; "
                        + Html.number(kept())
                        + " kept. The ledger, a Parquet table beside this page, has a row for each.")
                .raw("</p>\n");
        splits();
        funnel();
        sources();
        blend();
        lengths();
        languages();
        groups();
        search();
        rules();
        settings();
        return html.raw("</body></html>\n").toString();
    }

    private long kept() {
        return file.report().splits().stream()
                .mapToLong(PrepReport.Split::documents)
                .sum();
    }

    private void splits() {
        html.heading("Token datasets", "What was written.")
                .table("split", "#documents", "#characters", "#tokens", "#samples", "#tokens in no sample", "#files");
        for (PrepReport.Split split : file.report().splits()) {
            html.row(
                    split.name(),
                    split.documents(),
                    split.characters(),
                    split.tokens(),
                    split.samples(),
                    split.tailTokens(),
                    split.files());
        }
        html.endTable();
    }

    private void funnel() {
        html.heading("Funnel", "What each stage dropped of the documents that reached it.")
                .raw(KEY);
        BarChart chart = new BarChart("documents after each stage");
        for (CorpusReport.Stage stage : file.corpus().funnel()) {
            chart.bar(
                    stage.name(),
                    stage.documentsLeft(),
                    stage.documents(),
                    Html.number(stage.documentsLeft()) + ", dropped " + Html.number(stage.documents()));
        }
        html.raw(chart.svg())
                .table("stage", "#documents dropped", "#characters dropped", "#documents left", "#characters left");
        for (CorpusReport.Stage stage : file.corpus().funnel()) {
            html.row(
                    stage.name(), stage.documents(), stage.characters(), stage.documentsLeft(), stage.charactersLeft());
        }
        html.endTable();
    }

    private void sources() {
        html.heading("Sources", "Tokens are those in the datasets, as often as they stand there.")
                .table("source", "#documents", "#kept", "#characters", "#kept", "#tokens", "share of tokens");
        long all = file.corpus().sources().stream()
                .mapToLong(CorpusReport.Source::tokens)
                .sum();
        for (CorpusReport.Source source : file.corpus().sources()) {
            html.row(
                    source.name(),
                    source.documents(),
                    source.keptDocuments(),
                    source.characters(),
                    source.keptCharacters(),
                    source.tokens(),
                    Html.share(source.tokens(), all));
        }
        html.endTable();
    }

    private void blend() {
        if (file.report().sources().size() < 2) {
            return;
        }
        html.heading(
                        "Blend",
                        "What each source gives to the training split: the shares that the weights ask for, and those that whole documents allow.")
                .table(
                        "source",
                        "#tokens available",
                        "#documents written",
                        "#tokens written",
                        "#epochs",
                        "wanted",
                        "reached");
        for (PackReport.Source source : file.report().sources()) {
            html.row(
                    source.name(),
                    source.tokens(),
                    source.writtenDocuments(),
                    source.writtenTokens(),
                    source.epochs(),
                    Html.share(source.wantedShare(), 1),
                    Html.share(source.reachedShare(), 1));
        }
        html.endTable();
    }

    private void lengths() {
        html.heading("Lengths", "Documents by their number of GPT-2 tokens.").raw(KEY);
        BarChart chart = new BarChart("documents by tokens");
        for (CorpusReport.Bin bin : file.corpus().lengths()) {
            chart.bar(
                    bin.from() == bin.to()
                            ? Html.number(bin.from())
                            : Html.number(bin.from()) + " to " + Html.number(bin.to()),
                    bin.kept(),
                    bin.dropped(),
                    keptOf(bin.kept(), bin.dropped()));
        }
        html.raw(chart.svg());
    }

    private void languages() {
        html.heading("Languages", "As recognised.").raw(KEY);
        BarChart chart = new BarChart("documents by language");
        for (CorpusReport.Language language : file.corpus().languages()) {
            chart.bar(
                    language.name(), language.kept(), language.dropped(), keptOf(language.kept(), language.dropped()));
        }
        html.raw(chart.svg());
    }

    private static String keptOf(long kept, long dropped) {
        return Html.number(kept) + " of " + Html.number(kept + dropped);
    }

    private void groups() {
        if (file.corpus().groups().isEmpty()) {
            return;
        }
        html.heading(
                "Groups of duplicates",
                "A group is a document that was kept and those that were dropped for it, exact and near duplicates alike.");
        BarChart chart = new BarChart("groups by size");
        for (CorpusReport.Group group : file.corpus().groups()) {
            chart.bar(
                    group.from() == group.to()
                            ? "of " + Html.number(group.from())
                            : "of " + Html.number(group.from()) + " to " + Html.number(group.to()),
                    group.groups(),
                    0,
                    Html.number(group.groups()) + " groups, " + Html.number(group.dropped()) + " dropped");
        }
        html.raw(chart.svg());
    }

    private void search() {
        SearchReport search = file.search();
        if (!search.curve().isEmpty()) {
            html.heading(
                            "Search for near duplicates",
                            search.bands() + " bands of " + search.rows()
                                    + " rows: a pair of documents is compared with the probability that the curve gives for its"
                                    + " similarity, and dropped only where the comparison itself finds it similar.")
                    .raw(CurveChart.svg(search.curve(), threshold));
        }
        if (!search.buckets().isEmpty()) {
            html.heading(
                            "Buckets over the cap",
                            "Documents that share so common a text that not all of them were compared with each other.")
                    .table("#documents", "example", "begins");
            search.buckets().forEach(bucket -> html.row(bucket.documents(), bucket.location(), bucket.text()));
            html.endTable();
        }
        if (!search.overlaps().isEmpty()) {
            html.heading(
                            "Overlap with evaluation texts",
                            "Their 8-grams of words that are in the training text, after all stages.")
                    .table("evaluation", "#8-grams", "#found", "share");
            search.overlaps()
                    .forEach(overlap -> html.row(
                            overlap.evaluation(),
                            overlap.ngrams(),
                            overlap.found(),
                            Html.share(overlap.found(), overlap.ngrams())));
            html.endTable();
        }
    }

    private void rules() {
        html.heading("Why documents were dropped", "Rules by stage, each with some of its documents.");
        for (CorpusReport.Rule rule : file.corpus().rules()) {
            html.raw("<details><summary>")
                    .text(rule.stage() + ": " + rule.rule() + ", " + Html.number(rule.documents()) + " documents")
                    .raw("</summary>\n");
            for (CorpusReport.Example example : rule.examples()) {
                html.raw("<p>").text(example.location() + held(example, rule.threshold()));
                html.raw("</p>\n");
                quote(example.text());
                if (example.survivorLocation() != null) {
                    html.raw("<p>")
                            .text("kept instead: " + example.survivorLocation())
                            .raw("</p>\n");
                    quote(example.survivorText());
                }
            }
            html.raw("</details>\n");
        }
    }

    private static String held(CorpusReport.Example example, Double threshold) {
        if (example.value() == null) {
            return "";
        }
        String value = ": measured " + Html.number(example.value());
        return threshold == null ? value : value + ", threshold " + Html.number(threshold);
    }

    private void quote(String text) {
        if (text != null) {
            html.raw("<blockquote>").text(text).raw("</blockquote>\n");
        }
    }

    private void settings() {
        html.heading(
                        "Settings",
                        "By " + file.provenance().creator() + ", input "
                                + file.provenance().inputFingerprint())
                .table("key", "value");
        for (Map.Entry<String, String> setting : file.provenance().settings().entrySet()) {
            html.row(setting.getKey(), setting.getValue());
        }
        html.endTable();
    }
}
