package io.sparktron.prep.pack;

import io.sparktron.storage.Storage;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;

/**
 * Kept documents to token datasets, one for each split. First all is tokenized and summed up per range of keys, so that the driver knows where every range begins in its
 * stream; then the files are written, each by one task. The driver holds a few numbers per range and file, never text or tokens. Nothing is
 * written before it is known what will be.
 */
public final class PackedDatasets implements AutoCloseable {
    /** To be raised with every change of order, splits or packing that changes bytes. */
    public static final int VERSION = 1;

    /** Bytes of ids in a range of keys, about. */
    private static final long BUCKET_BYTES = 64 << 20;

    private final PackSettings settings;
    private final FamilySamples family;
    private final Dataset<Row> made;
    private final BlendSettings blend;
    private final Copying copying;
    private final List<FamilySamples.SplitFiles> files = new ArrayList<>(); // of each split of the report
    private final PackReport report;

    private PackedDatasets(Dataset<Row> kept, PackSettings settings, BlendSettings blend, FamilySamples family) {
        this.settings = settings;
        this.blend = blend;
        this.family = family;
        this.made = family.make(PlacedDocuments.from(kept, settings)).persist(StorageLevel.MEMORY_AND_DISK());
        this.copying = Blending.plan(made, blend);
        this.report = count();
    }

    /**
     * Tokenizes and counts; nothing is written yet.
     *
     * @param kept {@code id BIGINT} (unique), {@code source INT} (index into the blend's sources), {@code characters BIGINT}, {@code text STRING},
     *     {@code cluster BIGINT} (of near duplicates; null = in none), {@code cuts ARRAY<INT>} (pairs from, to of what is to be left out of the text, in UTF-16 units; null = nothing);
     *     it is read more than once
     * @param vocabulary for BERT, if one is given
     * @throws InvalidInputException if a source cannot have the share that is wanted
     */
    public static PackedDatasets of(
            Dataset<Row> kept, PackSettings settings, BlendSettings blend, Optional<WordPieceVocabulary> vocabulary) {
        return new PackedDatasets(
                kept,
                settings,
                blend,
                settings.bert() == null ? new GptSamples(settings) : new BertSamples(settings, vocabulary));
    }

    private PackReport count() {
        PackTotals totals = PackTotals.of(counted());
        int buckets = buckets(totals.tokens());
        Map<String, long[]> unitsOfBucket = new HashMap<>();
        for (Row row : family.units(made, copying, buckets)
                .groupBy("split", "bucket")
                .agg(functions.sum("units"))
                .collectAsList()) {
            unitsOfBucket.computeIfAbsent(row.getString(0), split -> new long[buckets])[row.getInt(1)] = row.getLong(2);
        }
        List<PackReport.Split> splits = new ArrayList<>();
        for (String split : new Splits(settings.validationFraction(), settings.testFraction()).names()) {
            FamilySamples.SplitFiles these =
                    family.arrange(split, unitsOfBucket.getOrDefault(split, new long[buckets]));
            files.add(these);
            PackTotals.Total total = totals.of(split);
            splits.add(new PackReport.Split(
                    split,
                    total.documents(),
                    total.characters(),
                    total.tokens(),
                    these.samples(),
                    these.tailTokens(total.unused()),
                    these.files()));
        }
        return new PackReport(splits, totals.sources(blend));
    }

    private int buckets(long tokens) {
        int parallelism = made.sparkSession().sparkContext().defaultParallelism();
        return (int) Math.max(parallelism, Math.min(1 << 20, tokens * Integer.BYTES / BUCKET_BYTES + 1));
    }

    private Dataset<Row> counted() {
        return CountedDocuments.from(made, copying);
    }

    public PackReport report() {
        return report;
    }

    /**
     * Table {@code packed}, a row per kept document: {@code id BIGINT}, {@code split STRING} (null = in none), {@code copies INT} (how often it stands there), {@code tokens BIGINT} (of one copy; for GPT with
     * end-of-text), {@code rule STRING} (why it is in no split: {@code one-sentence} for BERT, {@code all-cut} for GPT, {@code blend} where a part of its source is
     * taken and it is not drawn; else null). To be read before this is closed.
     */
    public Dataset<Row> documents() {
        return counted()
                .select(
                        functions.col("id"),
                        functions
                                .when(functions.col("copies").gt(0), functions.col("split"))
                                .as("split"),
                        functions.col("copies"),
                        functions.col("tokens"),
                        functions
                                .when(functions.not(functions.col("usable")), functions.lit(family.rule()))
                                .when(functions.col("copies").equalTo(0), functions.lit("blend"))
                                .as("rule"));
    }

    /**
     * Refuses a corpus that gives a split no sample.
     *
     * @throws InvalidInputException that names the first such split
     */
    public void requireSamples() {
        long documents =
                report.splits().stream().mapToLong(PackReport.Split::documents).sum();
        for (PackReport.Split split : report.splits()) {
            if (split.samples() == 0) {
                throw new InvalidInputException("The " + split.name() + " split has " + split.tokens() + " tokens of "
                        + split.documents() + " documents (" + documents + " usable in all), and a sample needs "
                        + family.needs() + "; legal: more text, a shorter prep.sequence than " + settings.sequence()
                        + ", or another prep.validation-fraction than " + settings.validationFraction()
                        + (settings.testFraction() > 0
                                ? " or prep.test-fraction than " + settings.testFraction() + " (0 = no such split)"
                                : " (0 = no validation split)"));
            }
        }
    }

    /**
     * Writes the datasets: a folder for each split, closed by its manifest.
     *
     * @param output receives the folders
     * @param provenance where the corpus came from, for the manifests
     */
    public void write(Path output, Map<String, Object> provenance) throws IOException {
        Configuration configuration = made.sparkSession().sparkContext().hadoopConfiguration();
        for (int i = 0; i < files.size(); i++) {
            PackReport.Split split = report.splits().get(i);
            Path folder = new Path(output, split.name());
            List<Manifest.DataFile> written = files.get(i).write(made, copying, folder);
            for (Map.Entry<String, byte[]> file : family.tokenizerFiles().entrySet()) {
                Storage.replace(new Path(folder, file.getKey()), file.getValue(), configuration);
            }
            new Manifest(
                            settings.family(),
                            settings.sequence(),
                            split.samples(),
                            family.tokenizer(),
                            written,
                            new Manifest.Counts(
                                    split.documents(), split.characters(), split.tokens(), split.tailTokens()),
                            provenance)
                    .write(folder, configuration);
        }
    }

    @Override
    public void close() {
        made.unpersist(false);
        family.close();
    }
}
