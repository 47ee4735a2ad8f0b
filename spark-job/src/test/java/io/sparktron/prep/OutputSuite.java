package io.sparktron.prep;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.data.TokenDataset;
import io.sparktron.prep.clean.CleanSettings;
import io.sparktron.prep.contamination.ContaminationSettings;
import io.sparktron.prep.duplicates.DuplicateSettings;
import io.sparktron.prep.duplicates.ShingleUnit;
import io.sparktron.prep.pack.PackSettings;
import io.sparktron.prep.quality.QualitySettings;
import io.sparktron.prep.read.InputFormat;
import io.sparktron.prep.read.SourceSettings;
import io.sparktron.storage.Place;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.SampleWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A dataset is the same wherever it is prepared to. */
@Timeout(180)
abstract class OutputSuite {
    private static final int SEQUENCE = 8;
    private static SparkSession spark;

    @TempDir
    Path folder;

    private Place place;

    /** A place for one test. */
    abstract Place place();

    @BeforeAll
    static void spark() {
        spark = SparkSession.builder()
                .master("local[2]")
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "2")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.driver.host", "127.0.0.1")
                .getOrCreate();
    }

    @AfterAll
    static void stop() {
        spark.stop();
    }

    @BeforeEach
    void knowThePlace() {
        place = place();
        place.hadoop()
                .forEach(entry -> spark.sparkContext().hadoopConfiguration().set(entry.getKey(), entry.getValue()));
    }

    @Test
    void equalsWhatIsPreparedToTheLocalDisk() throws IOException {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        for (int i = 0; i < 60; i++) {
            String text = IntStream.range(0, 40 + i)
                    .mapToObj(word -> "word" + word)
                    .reduce("document " + i, (all, word) -> all + " " + word);
            Files.writeString(corpus.resolve(i + ".txt"), text);
        }
        Prep.run(spark, settings(corpus, "file:" + folder.resolve("local")), quiet());
        assertThat(Prep.run(spark, settings(corpus, place.root()), quiet()).kept())
                .isFalse();
        assertThat(Prep.run(spark, settings(corpus, place.root()), quiet()).kept())
                .isTrue();

        Manifest there =
                TokenDataset.open(place.root() + "/train", place.hadoop()).manifest();
        Manifest local = TokenDataset.open("file:" + folder.resolve("local/train"), place.hadoop())
                .manifest();
        assertThat(there.files()).hasSizeGreaterThan(1);
        assertThat(there.fingerprint()).isEqualTo(local.fingerprint());
        assertThat(place.list(""))
                .containsExactly("ledger", "report.html", "report.json", "stages", "train", "validation");
        assertThat(place.list("train"))
                .hasSize(there.files().size() + 1)
                .allMatch(name -> name.equals("manifest.json") || name.startsWith("part-"));
    }

    /** A task that fails must not leave what looks whole. */
    @Test
    void aFileThatIsNotFinishedCannotPassForOne() throws IOException {
        String name = ".part-00000.parquet.7";
        try (SampleWriter writer =
                new SampleWriter(place.path("train"), "part-00000.parquet", name, 0, SEQUENCE, place.hadoop())) {
            writer.write(new int[SEQUENCE + 1]);
        }
        assertThat(place.list("train")).isSubsetOf(name).hasSize(leavesUnfinished() ? 1 : 0);
    }

    /** Whether a file is there before it is complete, under the name that its writer gave it meanwhile. */
    abstract boolean leavesUnfinished();

    private static PrepSettings settings(Path corpus, String output) {
        return new PrepSettings(
                // HDFS is where paths without a scheme lie
                List.of(SourceSettings.only(List.of("file:" + corpus), InputFormat.AUTO, "text")),
                output,
                CleanSettings.DEFAULT,
                10,
                new QualitySettings(List.of(), List.of(), List.of()),
                new DuplicateSettings(true, false, 5, ShingleUnit.WORDS, 0.7, 0.97, 0, 0, 2000), // its texts are alike
                ContaminationSettings.DEFAULT,
                new PackSettings(SEQUENCE, 1234, 0.1, 0, "gpt2", SampleWriter.ROW_GROUP_SAMPLES, null),
                StageSettings.DEFAULT);
    }

    private static PrintStream quiet() {
        return new PrintStream(new ByteArrayOutputStream());
    }
}
