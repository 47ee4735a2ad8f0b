package io.sparktron.prep;

import io.sparktron.tokens.InvalidInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * What the first pass counted.
 *
 * @param report the counts
 * @param streams the token stream of each split of the report
 */
record Summary(PrepReport report, List<TokenStream> streams) {
    /** Sums of the documents of one fate. */
    private static final class Total {
        long documents;
        long characters;
        long tokens;
        String example;
    }

    /** @param documents rows of {@link TokenizedDocuments} */
    static Summary of(Dataset<Row> documents, PrepSettings settings, int buckets) {
        Map<String, Total> totals = new HashMap<>();
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
            Total total = totals.computeIfAbsent(row.getString(0), fate -> new Total());
            total.documents += row.getLong(2);
            total.characters += row.getLong(3);
            total.tokens += row.getLong(4);
            String example = row.getString(5);
            total.example = total.example == null || example.compareTo(total.example) < 0 ? example : total.example;
            tokensOfBucket.computeIfAbsent(row.getString(0), fate -> new long[buckets])[row.getInt(1)] = row.getLong(4);
        }
        List<String> splits = settings.validationFraction() > 0
                ? List.of(TokenizedDocuments.TRAIN, TokenizedDocuments.VALIDATION)
                : List.of(TokenizedDocuments.TRAIN);
        List<TokenStream> streams = new ArrayList<>();
        List<PrepReport.Split> reported = new ArrayList<>();
        for (String split : splits) {
            Total total = totals.getOrDefault(split, new Total());
            TokenStream stream = new TokenStream(
                    split,
                    starts(tokensOfBucket.getOrDefault(split, new long[buckets])),
                    total.tokens,
                    settings.sequence(),
                    settings.samplesInFile());
            streams.add(stream);
            reported.add(new PrepReport.Split(
                    split,
                    total.documents,
                    total.characters,
                    total.tokens,
                    stream.samples(),
                    stream.tailTokens(),
                    stream.files()));
        }
        PrepReport report = new PrepReport(
                false,
                totals.values().stream().mapToLong(total -> total.documents).sum(),
                totals.values().stream().mapToLong(total -> total.characters).sum(),
                dropped(totals),
                reported);
        return new Summary(report, streams);
    }

    /** @throws InvalidInputException if no document is usable, or a split has no sample */
    void requireSamples(PrepSettings settings) {
        long usable =
                report.splits().stream().mapToLong(PrepReport.Split::documents).sum();
        if (usable == 0) {
            String why = report.dropped().stream()
                    .map(dropped -> dropped.documents() + " " + dropped.reason() + " such as " + dropped.example())
                    .collect(Collectors.joining("; "));
            throw new InvalidInputException("prep.input " + String.join(", ", settings.input())
                    + " holds no usable document (" + (why.isEmpty() ? "no document at all" : why)
                    + "); legal: at least one of prep.minimum-characters = " + settings.minimumCharacters()
                    + " characters");
        }
        for (PrepReport.Split split : report.splits()) {
            if (split.samples() == 0) {
                throw new InvalidInputException("The " + split.name() + " split has " + split.tokens() + " tokens of "
                        + split.documents() + " documents (" + usable + " usable in all), and a sample needs "
                        + (settings.sequence() + 1) + "; legal: more text, a shorter prep.sequence than "
                        + settings.sequence() + ", or another prep.validation-fraction than "
                        + settings.validationFraction() + " (0 = no validation split)");
            }
        }
    }

    private static List<PrepReport.Dropped> dropped(Map<String, Total> totals) {
        List<PrepReport.Dropped> dropped = new ArrayList<>();
        for (DropReason reason : DropReason.values()) {
            Total total = totals.get(reason.name());
            if (total != null) {
                dropped.add(new PrepReport.Dropped(reason.label(), total.documents, total.characters, total.example));
            }
        }
        return dropped;
    }

    /** Prefix sums. @param tokens [buckets] @return [buckets] tokens in the buckets before */
    private static long[] starts(long[] tokens) {
        long[] starts = new long[tokens.length];
        for (int i = 1; i < tokens.length; i++) {
            starts[i] = starts[i - 1] + tokens[i - 1];
        }
        return starts;
    }
}
