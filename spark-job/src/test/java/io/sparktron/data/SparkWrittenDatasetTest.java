package io.sparktron.data;

import static io.sparktron.data.Datasets.HADOOP;
import static io.sparktron.data.Datasets.LENGTH;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Datasets that a user makes with Spark SQL rather than {@code prep}. */
class SparkWrittenDatasetTest {
    private static final int FILES = 2;
    private static final int FILE_SAMPLES = 300;

    @TempDir
    Path folder;

    @Test
    void isReadWhateverSparksListFormat() throws IOException {
        try (SparkSession spark = SparkSession.builder()
                .master("local[1]")
                .config("spark.ui.enabled", false)
                .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
                .getOrCreate()) {
            for (boolean legacy : new boolean[] {false, true}) {
                Path data = folder.resolve("legacy-" + legacy);
                spark.conf().set("spark.sql.parquet.writeLegacyFormat", legacy);
                spark.range(0, FILES * FILE_SAMPLES, 1, FILES)
                        .selectExpr(
                                "id AS sample",
                                "transform(sequence(0, " + Datasets.SEQUENCE + "), i -> CAST((id * 31 + i * 7) % "
                                        + Datasets.VOCABULARY + " AS INT)) AS tokens")
                        .write()
                        .parquet(data.toString());
                requireAll(Datasets.describe(data, describe(data)));
            }
        }
    }

    private static List<Manifest.DataFile> describe(Path data) throws IOException {
        List<Manifest.DataFile> files = new ArrayList<>();
        try (var names = Files.list(data)) {
            names.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".parquet"))
                    .sorted()
                    .forEach(name -> files.add(
                            new Manifest.DataFile(name, (long) files.size() * FILE_SAMPLES, FILE_SAMPLES, null, null)));
        }
        assertThat(files).hasSize(FILES);
        return files;
    }

    private static void requireAll(TokenDataset dataset) throws IOException {
        int[] ids = new int[LENGTH];
        try (SampleReader reader = new SampleReader(dataset, HADOOP)) {
            for (long sample = 0; sample < dataset.samples(); sample++) {
                reader.read(sample, ids, 0);
                assertThat(ids).isEqualTo(Datasets.ids(sample));
            }
        }
    }
}
