package io.sparktron.prep.pack;

import io.sparktron.prep.report.PrepReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * What the first pass over documents for GPT counted.
 *
 * @param report the counts
 * @param streams the token stream of each split of the report
 */
record Summary(PrepReport report, List<TokenStream> streams) {
    /** @param documents rows of {@link TokenizedDocuments} */
    static Summary of(Dataset<Row> documents, PackSettings settings, int buckets) {
        Totals totals = new Totals();
        Map<String, long[]> tokensOfBucket = new HashMap<>();
        List<Row> sums = documents
                .groupBy("fate", "bucket")
                .agg(
                        functions.count("*"),
                        functions.sum("characters"),
                        functions.sum("tokens"),
                        functions.min("location"))
                .collectAsList();
        for (Row row : sums) {
            totals.add(row.getString(0), row.getLong(2), row.getLong(3), row.getLong(4), row.getString(5));
            tokensOfBucket.computeIfAbsent(row.getString(0), fate -> new long[buckets])[row.getInt(1)] = row.getLong(4);
        }
        List<TokenStream> streams = new ArrayList<>();
        List<PrepReport.Split> reported = new ArrayList<>();
        for (String split : Totals.splits(settings)) {
            Totals.Total total = totals.of(split);
            TokenStream stream = new TokenStream(
                    split,
                    starts(tokensOfBucket.getOrDefault(split, new long[buckets])),
                    total.tokens(),
                    settings.sequence(),
                    settings.samplesInFile());
            streams.add(stream);
            reported.add(new PrepReport.Split(
                    split,
                    total.documents(),
                    total.characters(),
                    total.tokens(),
                    stream.samples(),
                    stream.tailTokens(),
                    stream.files()));
        }
        return new Summary(totals.report(reported), streams);
    }

    /** Prefix sums. @param counts [buckets] @return [buckets] what is in the buckets before */
    static long[] starts(long[] counts) {
        long[] starts = new long[counts.length];
        for (int i = 1; i < counts.length; i++) {
            starts[i] = starts[i - 1] + counts[i - 1];
        }
        return starts;
    }
}
