package io.sparktron.prep;

import io.sparktron.prep.clean.CleanSettings;
import io.sparktron.prep.clean.Cleaned;
import io.sparktron.prep.clean.Cleaning;
import io.sparktron.prep.read.DropReason;
import io.sparktron.prep.read.InputFile;
import io.sparktron.prep.read.InputFormat;
import io.sparktron.prep.read.RawDocument;
import io.sparktron.prep.read.Source;
import io.sparktron.prep.read.SourceDocuments;
import io.sparktron.prep.read.SourceReader;
import io.sparktron.prep.stage.HadoopPaths;
import io.sparktron.prep.stage.Mapped;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
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
 * All documents of the input as a table, a row each, cleaned. A document that cannot be used stays in the table with its reason instead of a text,
 * so that every count of the report follows from rows, and a task that Spark runs twice counts nothing twice.
 */
public final class Documents {
    /** To be raised with every change of reading or cleaning that changes rows. */
    public static final int VERSION = 2;

    public static final StructType SCHEMA = new StructType()
            .add("id", DataTypes.LongType, false) // see InputFile.id
            .add("source", DataTypes.IntegerType, false) // index into the settings' sources
            .add("location", DataTypes.StringType, false)
            .add("problem", DataTypes.StringType, true) // name of a DropReason
            .add("bytes", DataTypes.LongType, false) // UTF-8 length of the text; 0 if there is none
            .add("characters", DataTypes.LongType, false) // code points of the text
            .add("repaired", DataTypes.IntegerType, false)
            .add("masked", DataTypes.IntegerType, false)
            .add("removed_lines", DataTypes.IntegerType, false)
            .add("text", DataTypes.StringType, true); // cleaned; null if there is a problem

    private Documents() {}

    /** @param files as {@code InputFiles} lists them */
    public static Dataset<Row> from(SparkSession spark, List<InputFile> files, CleanSettings clean) {
        ToRow toRow = new ToRow(clean);
        List<InputFile> lines = files.stream()
                .filter(file -> file.format() != InputFormat.PARQUET)
                .toList();
        // A column is named for all files of a Spark read.
        Map<String, List<InputFile>> byColumn = new TreeMap<>(files.stream()
                .filter(file -> file.format() == InputFormat.PARQUET)
                .collect(Collectors.groupingBy(InputFile::textField)));
        Dataset<Row> all = lines.isEmpty() && !byColumn.isEmpty() ? null : readSources(spark, lines, toRow);
        for (Map.Entry<String, List<InputFile>> column : byColumn.entrySet()) {
            Dataset<Row> rows = readParquet(spark, column.getValue(), column.getKey(), toRow);
            all = all == null ? rows : all.union(rows);
        }
        return all;
    }

    private static Dataset<Row> readSources(SparkSession spark, List<InputFile> files, ToRow toRow) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        List<List<Source>> tasks = Source.tasks(files, context.defaultParallelism());
        SerializableConfiguration configuration =
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
        return spark.createDataset(
                context.parallelize(tasks, Math.max(1, tasks.size()))
                        .mapPartitions(
                                task -> new Mapped<>(new SourceDocuments(task, configuration.value()), toRow::apply))
                        .rdd(),
                Encoders.row(SCHEMA));
    }

    private static Dataset<Row> readParquet(SparkSession spark, List<InputFile> files, String textField, ToRow toRow) {
        return spark.read()
                // A column that a file lacks reads as null, which the report counts.
                .schema(new StructType().add(textField, DataTypes.StringType))
                .option("ignoreCorruptFiles", "false")
                .option("ignoreMissingFiles", "false")
                .parquet(files.stream()
                        .map(file -> HadoopPaths.withoutGlob(file.path()))
                        .toArray(String[]::new))
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

    /** Cleans and measures. */
    private record ToRow(CleanSettings clean) implements Serializable {
        private static final Cleaned NOTHING = new Cleaned("", 0, 0, 0);

        Row apply(RawDocument raw) {
            if (raw.problem() != null) {
                return row(raw, raw.problem(), NOTHING);
            }
            Cleaned cleaned = Cleaning.clean(raw.text(), clean);
            return cleaned.text().isEmpty() ? row(raw, DropReason.EMPTY, cleaned) : row(raw, null, cleaned);
        }

        private static Row row(RawDocument raw, DropReason problem, Cleaned cleaned) {
            String text = problem == null ? cleaned.text() : null;
            return RowFactory.create(
                    raw.id(),
                    raw.source(),
                    raw.location(),
                    problem == null ? null : problem.name(),
                    text == null ? 0L : utf8Length(text),
                    text == null ? 0L : text.codePointCount(0, text.length()),
                    cleaned.repaired(),
                    cleaned.masked(),
                    cleaned.removedLines(),
                    text);
        }

        private static long utf8Length(String text) {
            return text.getBytes(StandardCharsets.UTF_8).length;
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
