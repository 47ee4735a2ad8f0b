package io.sparktron.prep;

import io.sparktron.prep.clean.TextNormalization;
import io.sparktron.prep.pack.Buckets;
import io.sparktron.prep.read.DropReason;
import io.sparktron.prep.read.InputFile;
import io.sparktron.prep.read.InputFormat;
import io.sparktron.prep.read.RawDocument;
import io.sparktron.prep.read.Source;
import io.sparktron.prep.read.SourceDocuments;
import io.sparktron.prep.read.SourceReader;
import io.sparktron.prep.stage.Mapped;
import io.sparktron.tokens.Sha256;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * All documents of the input as a table, a row each. A document that cannot be used stays in the table with its reason instead of a text,
 * so that every count of the report follows from rows, and a task that Spark runs twice counts nothing twice.
 *
 * <p>{@code key} = SHA-256(seed, SHA-256(normalised text)) decides everything about a usable document: equal keys are duplicates, the order of
 * the keys is the shuffled order of the stream, and its last bits draw the split. So neither the order of reading nor the number of
 * partitions can matter.
 */
public final class Documents {
    public static final StructType SCHEMA = new StructType()
            .add("bucket", DataTypes.IntegerType, false) // which of the equal ranges of keys
            .add("key", DataTypes.BinaryType, false) // 32 bytes, compared as unsigned
            .add("location", DataTypes.StringType, false)
            .add("problem", DataTypes.StringType, true) // name of a DropReason
            .add("characters", DataTypes.LongType, false) // code points after normalisation
            .add("text", DataTypes.BinaryType, true); // normalised, UTF-8; null if there is a problem

    private final PrepSettings settings;
    private final int buckets;

    /** @param buckets ranges of keys, each of them a partition later on */
    public Documents(PrepSettings settings, int buckets) {
        this.settings = settings;
        this.buckets = buckets;
    }

    public Dataset<Row> read(SparkSession spark, List<InputFile> files) {
        List<InputFile> lines = files.stream()
                .filter(file -> file.format() != InputFormat.PARQUET)
                .toList();
        List<InputFile> tables = files.stream()
                .filter(file -> file.format() == InputFormat.PARQUET)
                .toList();
        if (tables.isEmpty()) {
            return readSources(spark, lines);
        }
        // A column is named for all files of a Spark read.
        Map<String, List<InputFile>> byColumn =
                new TreeMap<>(tables.stream().collect(Collectors.groupingBy(InputFile::textField)));
        Dataset<Row> all = lines.isEmpty() ? null : readSources(spark, lines);
        for (Map.Entry<String, List<InputFile>> column : byColumn.entrySet()) {
            Dataset<Row> rows = readParquet(spark, column.getValue(), column.getKey());
            all = all == null ? rows : all.union(rows);
        }
        return all;
    }

    private Dataset<Row> readSources(SparkSession spark, List<InputFile> files) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        List<List<Source>> tasks = Source.tasks(files, context.defaultParallelism());
        SerializableConfiguration configuration =
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
        ToRow toRow = new ToRow(settings.pack().seed(), settings.minimumCharacters(), buckets);
        return spark.createDataset(
                context.parallelize(tasks, Math.max(1, tasks.size()))
                        .mapPartitions(
                                task -> new Mapped<>(new SourceDocuments(task, configuration.value()), toRow::apply))
                        .rdd(),
                Encoders.row(SCHEMA));
    }

    private Dataset<Row> readParquet(SparkSession spark, List<InputFile> files, String textField) {
        ToRow toRow = new ToRow(settings.pack().seed(), settings.minimumCharacters(), buckets);
        return spark.read()
                // A column that a file lacks reads as null, which the report counts.
                .schema(new StructType().add(textField, DataTypes.StringType))
                .option("ignoreCorruptFiles", "false")
                .option("ignoreMissingFiles", "false")
                .parquet(files.stream().map(file -> withoutGlob(file.path())).toArray(String[]::new))
                .select(
                        functions.col('`' + textField.replace("`", "``") + '`').cast(DataTypes.BinaryType),
                        functions.col("_metadata.file_path"),
                        functions.col("_metadata.row_index"))
                .mapPartitions(new ParquetDocuments(toRow, byPath(files)), Encoders.row(SCHEMA));
    }

    /** Spark gives paths as encoded URIs. */
    private static HashMap<String, InputFile> byPath(List<InputFile> files) {
        HashMap<String, InputFile> byPath = new HashMap<>();
        files.forEach(file -> byPath.put(new Path(file.path()).toUri().toString(), file));
        return byPath;
    }

    /** Spark reads paths as globs; a backslash takes the meaning from a sign. */
    private static String withoutGlob(String path) {
        return path.replaceAll("[\\[\\]{}*?\\\\]", "\\\\$0");
    }

    /** Normalises, measures and hashes. */
    public record ToRow(long seed, int minimumCharacters, int buckets) implements Serializable {
        Row apply(RawDocument raw) {
            if (raw.problem() != null) {
                return dropped(raw.location(), raw.problem(), 0);
            }
            String text = TextNormalization.normalize(raw.text());
            long characters = text.codePointCount(0, text.length());
            if (characters < minimumCharacters) {
                return dropped(raw.location(), DropReason.TOO_SHORT, characters);
            }
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            MessageDigest digest = Sha256.digest();
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, seed));
            byte[] key = digest.digest(Sha256.of(utf8));
            return RowFactory.create(Buckets.of(key, buckets), key, raw.location(), null, characters, utf8);
        }

        /** Its key only spreads it over the buckets. */
        private Row dropped(String location, DropReason reason, long characters) {
            byte[] key = Sha256.of(location.getBytes(StandardCharsets.UTF_8));
            return RowFactory.create(Buckets.of(key, buckets), key, location, reason.name(), characters, null);
        }
    }

    private record ParquetDocuments(ToRow toRow, HashMap<String, InputFile> files)
            implements MapPartitionsFunction<Row, Row> {
        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            return new Mapped<>(rows, row -> toRow.apply(document(row)));
        }

        private RawDocument document(Row row) {
            InputFile file = files.get(row.getString(1));
            long place = row.getLong(2);
            if (row.isNullAt(0)) {
                return RawDocument.dropped(file, place, DropReason.NO_TEXT);
            }
            byte[] utf8 = row.getAs(0);
            if (utf8.length > SourceReader.LARGEST_DOCUMENT) {
                return RawDocument.dropped(file, place, DropReason.TOO_LARGE);
            }
            return SourceReader.decode(utf8, utf8.length)
                    .map(text -> RawDocument.of(file, place, text))
                    .orElseGet(() -> RawDocument.dropped(file, place, DropReason.UNDECODABLE));
        }
    }
}
