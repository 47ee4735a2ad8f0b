package io.sparktron.prep;

import io.sparktron.prep.duplicates.Banding;
import io.sparktron.prep.pack.PackReport;
import io.sparktron.prep.report.CorpusQueries;
import io.sparktron.prep.report.LedgerCounts;
import io.sparktron.prep.report.Provenance;
import io.sparktron.prep.report.ReportFile;
import io.sparktron.prep.report.ReportPage;
import io.sparktron.prep.report.SearchReport;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.JsonFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** {@code report.html} and {@code report.json}, made from the ledger and the tables of the stages. */
final class OutputReport {
    /** Points of the S-curve between 0 and 1. */
    private static final int CURVE_POINTS = 50;

    private final PrepSettings settings;
    private final Pipeline.Tables tables;

    OutputReport(PrepSettings settings, Pipeline.Tables tables) {
        this.settings = settings;
        this.tables = tables;
    }

    /** @param ledger rows of the ledger as it was written */
    ReportFile of(Dataset<Row> ledger, PackReport packed, Provenance provenance) {
        List<String> sources =
                settings.sources().stream().map(source -> source.name()).toList();
        return new ReportFile(
                provenance,
                LedgerCounts.of(ledger, packed),
                CorpusQueries.report(ledger, tables.documents().rows(), sources),
                search());
    }

    private SearchReport search() {
        List<SearchReport.Point> curve = new ArrayList<>();
        int bands = 0;
        int rows = 0;
        if (settings.duplicates().near()) {
            Banding banding = settings.duplicates().banding();
            bands = banding.bands();
            rows = banding.rows();
            for (int i = 0; i <= CURVE_POINTS; i++) {
                double similarity = (double) i / CURVE_POINTS;
                curve.add(new SearchReport.Point(similarity, banding.found(similarity)));
            }
        }
        List<SearchReport.Bucket> buckets = new ArrayList<>();
        tables.giants()
                .ifPresent(giants -> giants.rows()
                        .collectAsList()
                        .forEach(row -> buckets.add(
                                new SearchReport.Bucket(row.getLong(0), row.getString(1), row.getString(2)))));
        List<SearchReport.Overlap> overlaps = new ArrayList<>();
        tables.overlap()
                .ifPresent(overlap -> overlap.rows()
                        .select("evaluation", "ngrams", "found")
                        .collectAsList()
                        .forEach(row -> overlaps.add(
                                new SearchReport.Overlap(row.getString(0), row.getLong(1), row.getLong(2)))));
        return new SearchReport(bands, rows, curve, buckets, overlaps);
    }

    /** The JSON file last: an output that has it is complete. */
    void write(ReportFile report, Path output, Configuration configuration) throws IOException {
        String page = ReportPage.of(report, settings.duplicates().threshold());
        Storage.replace(new Path(output, ReportPage.NAME), page.getBytes(StandardCharsets.UTF_8), configuration);
        JsonFiles.write(report, new Path(output, ReportFile.NAME), configuration);
    }
}
