package io.sparktron.prep.pack;

import io.sparktron.prep.report.PrepReport;
import io.sparktron.storage.Storage;
import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples of BERT: pairs of segments, made document by document ({@link SentencePairs}). A sample's key, SHA-256(document's key, number in the document), decides its place
 * in the dataset, so that samples of one document do not lie together. The vocabulary is given, or trained on the words of the training split.
 */
public final class BertSamples implements FamilySamples {
    private static final Logger LOG = LoggerFactory.getLogger(BertSamples.class);

    private final Dataset<Row> unique;
    private final PackSettings settings;
    private final int buckets;
    private final Configuration configuration;
    private final List<SampleFiles> files = new ArrayList<>(); // of each split of the report
    private WordPieceVocabulary vocabulary;
    private Broadcast<WordPieceVocabulary> broadcast;
    private Dataset<Row> documents;

    /**
     * @param unique rows of {@link UniqueDocuments}
     * @param vocabulary if one is given
     */
    public BertSamples(
            Dataset<Row> unique, PackSettings settings, Optional<WordPieceVocabulary> vocabulary, int buckets) {
        // It is read twice where a vocabulary is to be trained.
        this.unique = vocabulary.isPresent() ? unique : unique.persist(StorageLevel.MEMORY_AND_DISK());
        this.settings = settings;
        this.vocabulary = vocabulary.orElse(null);
        this.buckets = buckets;
        this.configuration = unique.sparkSession().sparkContext().hadoopConfiguration();
    }

    @Override
    public PrepReport count() {
        if (vocabulary == null) {
            vocabulary = WordCounts.train(unique, settings.bert());
            LOG.info("trained a vocabulary of {} pieces", vocabulary.size());
        }
        broadcast = JavaSparkContext.fromSparkContext(unique.sparkSession().sparkContext())
                .broadcast(vocabulary);
        documents = unique.mapPartitions(
                        new PairedDocuments(
                                broadcast,
                                settings.bert().lowerCase(),
                                settings.sequence(),
                                settings.bert().shortSequences()),
                        Encoders.row(PairedDocuments.SCHEMA))
                .persist(StorageLevel.MEMORY_AND_DISK());
        return counted();
    }

    private PrepReport counted() {
        Totals totals = new Totals();
        Map<String, Long> unused = new HashMap<>();
        for (Row row : documents
                .groupBy("fate")
                .agg(
                        functions.count("*"),
                        functions.sum("characters"),
                        functions.sum("tokens"),
                        functions.min("location"),
                        functions.sum("unused"))
                .collectAsList()) {
            totals.add(row.getString(0), row.getLong(1), row.getLong(2), row.getLong(3), row.getString(4));
            unused.put(row.getString(0), row.getLong(5));
        }
        Map<String, long[]> samplesOfBucket = new HashMap<>();
        for (Row row : samples().groupBy("split", "bucket").count().collectAsList()) {
            samplesOfBucket.computeIfAbsent(row.getString(0), split -> new long[buckets])[row.getInt(1)] =
                    row.getLong(2);
        }
        List<PrepReport.Split> reported = new ArrayList<>();
        for (String split : Totals.splits(settings)) {
            SampleFiles these = SampleFiles.of(
                    split,
                    samplesOfBucket.getOrDefault(split, new long[buckets]),
                    settings.sequence(),
                    settings.samplesInFile());
            Totals.Total total = totals.of(split);
            files.add(these);
            reported.add(new PrepReport.Split(
                    split,
                    total.documents(),
                    total.characters(),
                    total.tokens(),
                    these.samples(),
                    unused.getOrDefault(split, 0L),
                    these.files()));
        }
        return totals.report(reported);
    }

    private Dataset<Row> samples() {
        return documents.flatMap(new PairedDocuments.Samples(buckets), Encoders.row(PairedDocuments.SAMPLE));
    }

    @Override
    public String needs() {
        return "two sentences of one document";
    }

    @Override
    public Manifest.Vocabulary tokenizer() {
        WordPieceTokenizer tokenizer =
                new WordPieceTokenizer(vocabulary, settings.bert().lowerCase());
        return new Manifest.Vocabulary(
                tokenizer.name(),
                tokenizer.vocabulary(),
                tokenizer.endOfText(),
                new Manifest.WordPieces(
                        tokenizer.id(WordPieceVocabulary.PAD),
                        tokenizer.id(WordPieceVocabulary.CLS),
                        tokenizer.id(WordPieceVocabulary.SEP),
                        tokenizer.id(WordPieceVocabulary.MASK),
                        settings.bert().lowerCase(),
                        WordPieceVocabulary.FILE_NAME,
                        vocabulary.sha256()));
    }

    @Override
    public List<Manifest.DataFile> write(int split, Path folder) throws IOException {
        SampleFiles these = files.get(split);
        List<Row> written = samples()
                .filter(functions.col("split").equalTo(these.split()))
                .repartitionById(buckets, functions.col("bucket"))
                .sortWithinPartitions("bucket", "key")
                .mapPartitions(new SampleFiles.Number(these), Encoders.row(SampleFiles.NUMBERED))
                .repartitionById(these.files(), functions.col("file"))
                .sortWithinPartitions("file", "number")
                .mapPartitions(
                        new WriteBertFiles(these, folder.toString(), new SerializableConfiguration(configuration)),
                        Encoders.row(WriteFiles.WRITTEN))
                .collectAsList();
        Storage.replace(new Path(folder, WordPieceVocabulary.FILE_NAME), vocabulary.bytes(), configuration);
        return written.stream()
                .map(WriteFiles::dataFile)
                .sorted(Comparator.comparing(Manifest.DataFile::path))
                .toList();
    }

    @Override
    public void close() {
        unique.unpersist(false);
        if (broadcast != null) {
            documents.unpersist(false);
            broadcast.unpersist(false);
        }
    }
}
