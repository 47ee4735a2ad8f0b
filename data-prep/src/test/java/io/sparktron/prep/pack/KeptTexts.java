package io.sparktron.prep.pack;

import io.sparktron.prep.LocalSpark;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** A table of kept documents, packed into a folder. */
record KeptTexts(List<Text> texts, Path output) {
    private static final StructType KEPT = StructType.fromDDL(
            "id BIGINT, source INT, characters BIGINT, text STRING, cluster BIGINT, cuts ARRAY<INT>");

    /** @param cluster null = in none @param cuts null = whole */
    record Text(long id, int source, String text, Long cluster, List<Integer> cuts) {
        static Text of(long id, String text) {
            return new Text(id, 0, text, null, null);
        }
    }

    /** A document's row of table {@code packed}. */
    record Packed(String split, int copies, long tokens, String rule) {}

    /** What packing said. */
    record Result(PackReport report, Map<Long, Packed> documents) {
        long tokens(String split) {
            return documents.values().stream()
                    .filter(packed -> split.equals(packed.split()))
                    .mapToLong(packed -> packed.copies() * packed.tokens())
                    .sum();
        }
    }

    Result pack(PackSettings settings, BlendSettings blend) throws IOException {
        return pack(settings, blend, 2);
    }

    /** @param partitions of every shuffle; the rows come in another order for each */
    Result pack(PackSettings settings, BlendSettings blend, int partitions) throws IOException {
        SparkSession spark = LocalSpark.session(partitions);
        List<Row> rows = new ArrayList<>();
        for (Text text : texts) {
            rows.add(RowFactory.create(
                    text.id(),
                    text.source(),
                    (long) text.text().codePointCount(0, text.text().length()),
                    text.text(),
                    text.cluster(),
                    text.cuts() == null ? null : text.cuts().toArray(new Integer[0])));
        }
        Collections.shuffle(rows, new Random(partitions));
        Dataset<Row> kept = spark.createDataFrame(rows, KEPT).repartition(partitions);
        try (PackedDatasets packed = PackedDatasets.of(kept, settings, blend, Optional.empty())) {
            packed.requireSamples();
            packed.write(new org.apache.hadoop.fs.Path(output.toUri()), Map.of());
            Map<Long, Packed> documents = packed.documents().collectAsList().stream()
                    .collect(Collectors.toMap(
                            row -> row.getLong(0),
                            row -> new Packed(row.getString(1), row.getInt(2), row.getLong(3), row.getString(4))));
            return new Result(packed.report(), documents);
        }
    }

    Manifest manifest(String split) throws IOException {
        return Manifest.read(new org.apache.hadoop.fs.Path(output.resolve(split).toUri()), new Configuration());
    }

    /** The samples of a split in their order, as rows of its files. */
    List<Row> samples(String split) {
        return LocalSpark.session()
                .read()
                .option("pathGlobFilter", "*.parquet")
                .parquet(output.resolve(split).toString())
                .orderBy("sample")
                .collectAsList();
    }

    /** The stream of a split, without its tail. */
    List<Integer> stream(String split) {
        List<Integer> stream = new ArrayList<>();
        for (Row sample : samples(split)) {
            List<Integer> ids = sample.getList(1);
            stream.addAll(stream.isEmpty() ? ids : ids.subList(1, ids.size()));
        }
        return stream;
    }

    /** Bytes of all files, by name. */
    TreeMap<String, byte[]> written() throws IOException {
        try (Stream<Path> paths = Files.walk(output)) {
            return paths.filter(path ->
                            Files.isRegularFile(path) && !path.toString().endsWith(".crc"))
                    .collect(Collectors.toMap(
                            path -> output.relativize(path).toString(), read(), (one, other) -> one, TreeMap::new));
        }
    }

    private static Function<Path, byte[]> read() {
        return path -> {
            try {
                return Files.readAllBytes(path);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        };
    }
}
