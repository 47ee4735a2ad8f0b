package io.sparktron.prep.pack;

import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples of BERT: pairs of segments, made document by document ({@link SentencePairs}). A sample's key, SHA-256(document's key, number in the document), decides its place
 * in the dataset, so that samples of one document do not lie together. The vocabulary is given, or trained on the words of the training split.
 */
final class BertSamples implements FamilySamples {
    private static final Logger LOG = LoggerFactory.getLogger(BertSamples.class);

    private final PackSettings settings;
    private WordPieceVocabulary vocabulary;
    private Broadcast<WordPieceVocabulary> broadcast;

    /** @param vocabulary if one is given */
    BertSamples(PackSettings settings, Optional<WordPieceVocabulary> vocabulary) {
        this.settings = settings;
        this.vocabulary = vocabulary.orElse(null);
    }

    @Override
    public Dataset<Row> make(Dataset<Row> placed) {
        if (vocabulary == null) {
            vocabulary = WordCounts.train(placed, settings.bert());
            LOG.info("trained a vocabulary of {} pieces", vocabulary.size());
        }
        broadcast = JavaSparkContext.fromSparkContext(placed.sparkSession().sparkContext())
                .broadcast(vocabulary);
        return placed.mapPartitions(
                new PairedDocuments(
                        broadcast,
                        settings.bert().lowerCase(),
                        settings.sequence(),
                        settings.bert().shortSequences()),
                Encoders.row(MadeDocuments.SCHEMA));
    }

    @Override
    public String rule() {
        return "one-sentence";
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
    public Map<String, byte[]> tokenizerFiles() {
        return new WordPieceTokenizer(vocabulary, settings.bert().lowerCase()).files();
    }

    @Override
    public Dataset<Row> units(Dataset<Row> made, Copying copying, int buckets) {
        return made.select("id", "source", "split", "key", "samples")
                .flatMap(new PairedDocuments.Units(copying, buckets), Encoders.row(UNITS));
    }

    @Override
    public SplitFiles arrange(String split, long[] samplesOfBucket) {
        return new PairFiles(
                SampleFiles.of(split, samplesOfBucket, settings.sequence(), settings.samplesInFile()),
                samplesOfBucket.length);
    }

    @Override
    public void close() {
        if (broadcast != null) {
            broadcast.unpersist(false);
        }
    }

    private record PairFiles(SampleFiles arranged, int buckets) implements SplitFiles {
        @Override
        public long samples() {
            return arranged.samples();
        }

        @Override
        public int files() {
            return arranged.files();
        }

        @Override
        public long tailTokens(long unused) {
            return unused;
        }

        @Override
        public List<Manifest.DataFile> write(Dataset<Row> made, Copying copying, Path folder) throws IOException {
            SerializableConfiguration configuration = new SerializableConfiguration(
                    made.sparkSession().sparkContext().hadoopConfiguration());
            return MadeDocuments.of(made, arranged.split())
                    .select("id", "source", "split", "key", "made")
                    .flatMap(new PairedDocuments.Samples(copying, buckets), Encoders.row(PairedDocuments.SAMPLE))
                    .repartitionById(buckets, functions.col("bucket"))
                    .sortWithinPartitions("bucket", "key", "id")
                    .mapPartitions(new SampleFiles.Number(arranged), Encoders.row(SampleFiles.NUMBERED))
                    .repartitionById(arranged.files(), functions.col("file"))
                    .sortWithinPartitions("file", "number")
                    .mapPartitions(
                            new WriteBertFiles(arranged, folder.toString(), configuration),
                            Encoders.row(WriteFiles.WRITTEN))
                    .collectAsList()
                    .stream()
                    .map(WriteFiles::dataFile)
                    .sorted(Comparator.comparing(Manifest.DataFile::path))
                    .toList();
        }
    }
}
