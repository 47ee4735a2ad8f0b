package io.sparktron.prep.pack;

import io.sparktron.prep.stage.Mapped;
import io.sparktron.tokenizer.BpeTraining;
import io.sparktron.tokenizer.BytePairTokenizer;
import io.sparktron.tokenizer.BytePairVocabulary;
import io.sparktron.tokenizer.Tokenizer;
import io.sparktron.tokenizer.Tokenizers;
import io.sparktron.tokens.Manifest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Samples of GPT: the token stream of a split, cut every S tokens. */
final class GptSamples implements FamilySamples {
    private static final Logger LOG = LoggerFactory.getLogger(GptSamples.class);

    private final PackSettings settings;
    private Tokenizer tokenizer;
    private Broadcast<BytePairVocabulary> vocabulary;

    GptSamples(PackSettings settings) {
        this.settings = settings;
    }

    @Override
    public Dataset<Row> make(Dataset<Row> placed) {
        if (settings.tokenizer().equals(BytePairTokenizer.NAME)) {
            BytePairVocabulary trained = BpeTraining.train(TrainingTexts.of(placed), settings.vocabularySize());
            LOG.info("trained a byte-level BPE of {} tokens", trained.size());
            vocabulary = JavaSparkContext.fromSparkContext(placed.sparkSession().sparkContext())
                    .broadcast(trained);
        }
        StreamTokenizer encoder = new StreamTokenizer(settings.tokenizer(), vocabulary);
        tokenizer = encoder.get();
        return placed.mapPartitions(new Encode(encoder), Encoders.row(MadeDocuments.SCHEMA));
    }

    @Override
    public String rule() {
        return "all-cut";
    }

    @Override
    public String needs() {
        return Integer.toString(settings.sequence() + 1);
    }

    @Override
    public Manifest.Vocabulary tokenizer() {
        return Tokenizers.described(tokenizer);
    }

    @Override
    public Map<String, byte[]> tokenizerFiles() {
        return tokenizer.files();
    }

    @Override
    public Dataset<Row> units(Dataset<Row> made, Copying copying, int buckets) {
        return made.filter(functions.col("made").isNotNull())
                .select("id", "source", "split", "key", "tokens")
                .flatMap(new Units(copying, buckets), Encoders.row(UNITS));
    }

    @Override
    public SplitFiles arrange(String split, long[] tokensOfBucket) {
        return new TokenFiles(
                TokenStream.of(split, tokensOfBucket, settings.sequence(), settings.samplesInFile()),
                tokensOfBucket.length);
    }

    @Override
    public void close() {
        if (vocabulary != null) {
            vocabulary.unpersist(false);
        }
    }

    private record Units(Copying copying, int buckets) implements FlatMapFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Row document) {
            List<Row> rows = new ArrayList<>();
            for (byte[] key : copying.keys(document)) {
                rows.add(RowFactory.create(document.get(2), Buckets.of(key, buckets), document.get(4)));
            }
            return rows.iterator();
        }
    }

    private record TokenFiles(TokenStream stream, int buckets) implements SplitFiles {
        @Override
        public long samples() {
            return stream.samples();
        }

        @Override
        public int files() {
            return stream.files();
        }

        @Override
        public long tailTokens(long unused) {
            return stream.tailTokens();
        }

        @Override
        public List<Manifest.DataFile> write(Dataset<Row> made, Copying copying, Path folder) {
            return Packing.write(
                    StreamedDocuments.from(made, copying, stream.split(), buckets),
                    stream,
                    folder,
                    made.sparkSession().sparkContext().hadoopConfiguration());
        }
    }

    private record Encode(StreamTokenizer tokenizer) implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> placed) {
            Tokenizer encoder = tokenizer.get();
            return new Mapped<>(placed, document -> encoded(document, encoder));
        }

        /** The ids of each piece followed by end-of-text. */
        private static Row encoded(Row document, Tokenizer encoder) {
            List<int[]> pieces = new ArrayList<>();
            int tokens = 0;
            for (String piece : Pieces.of(document, 5, 6)) {
                int[] ids = encoder.encode(piece);
                pieces.add(ids);
                tokens = Math.addExact(tokens, ids.length + 1);
            }
            if (tokens == 0) {
                return MadeDocuments.row(document, 0, 0, 0, null);
            }
            ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(tokens, Integer.BYTES))
                    .order(ByteOrder.LITTLE_ENDIAN);
            var ints = bytes.asIntBuffer();
            for (int[] ids : pieces) {
                ints.put(ids).put(encoder.endOfText());
            }
            return MadeDocuments.row(document, tokens, 0, 0, bytes.array());
        }
    }
}
