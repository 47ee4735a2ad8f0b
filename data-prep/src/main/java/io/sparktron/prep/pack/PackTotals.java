package io.sparktron.prep.pack;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Sums over documents, by split and source. */
final class PackTotals {
    /**
     * The documents of a split, or those of a source in it.
     *
     * @param available documents that could be in it
     * @param availableTokens their tokens, each counted once
     * @param documents those that are in it, each counted once
     * @param characters of {@code documents}
     * @param copies documents in it, each as often as it stands there
     * @param tokens of all copies
     * @param unused of those, tokens that are in no sample
     */
    record Total(
            long available,
            long availableTokens,
            long documents,
            long characters,
            long copies,
            long tokens,
            long unused) {
        static final Total NONE = new Total(0, 0, 0, 0, 0, 0, 0);

        Total plus(Total other) {
            return new Total(
                    available + other.available,
                    availableTokens + other.availableTokens,
                    documents + other.documents,
                    characters + other.characters,
                    copies + other.copies,
                    tokens + other.tokens,
                    unused + other.unused);
        }
    }

    private record Part(String split, int source, Total total) {}

    private final List<Part> parts;

    private PackTotals(List<Part> parts) {
        this.parts = parts;
    }

    /** @param counted rows of {@link CountedDocuments} */
    static PackTotals of(Dataset<Row> counted) {
        return new PackTotals(counted
                .filter("usable")
                .groupBy("split", "source")
                .agg(
                        functions.count("*"),
                        functions.sum("tokens"),
                        functions.expr("sum(if(copies > 0, 1L, 0L))"),
                        functions.expr("sum(if(copies > 0, characters, 0L))"),
                        functions.sum("copies"),
                        functions.expr("sum(copies * tokens)"),
                        functions.expr("sum(copies * unused)"))
                .collectAsList()
                .stream()
                .map(row -> new Part(
                        row.getString(0),
                        row.getInt(1),
                        new Total(
                                row.getLong(2),
                                row.getLong(3),
                                row.getLong(4),
                                row.getLong(5),
                                row.getLong(6),
                                row.getLong(7),
                                row.getLong(8))))
                .toList());
    }

    Total of(String split) {
        return parts.stream()
                .filter(part -> part.split().equals(split))
                .map(Part::total)
                .reduce(Total.NONE, Total::plus);
    }

    /** Tokens of all splits. */
    long tokens() {
        return parts.stream().mapToLong(part -> part.total().tokens()).sum();
    }

    /** What each source gave to the training split. */
    List<PackReport.Source> sources(BlendSettings blend) {
        Total all = of(Splits.TRAIN);
        List<PackReport.Source> sources = new ArrayList<>();
        for (int i = 0; i < blend.sources().size(); i++) {
            int source = i;
            Total total = parts.stream()
                    .filter(part -> part.split().equals(Splits.TRAIN) && part.source() == source)
                    .map(Part::total)
                    .reduce(Total.NONE, Total::plus);
            sources.add(new PackReport.Source(
                    blend.sources().get(i),
                    total.available(),
                    total.availableTokens(),
                    total.copies(),
                    total.tokens(),
                    blend.isNatural()
                            ? PackReport.share(total.availableTokens(), all.availableTokens())
                            : blend.share(i),
                    PackReport.share(total.tokens(), all.tokens())));
        }
        return sources;
    }
}
