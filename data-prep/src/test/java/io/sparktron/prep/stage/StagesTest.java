package io.sparktron.prep.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.prep.FailingFileSystem;
import io.sparktron.prep.LocalSpark;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a stage is skipped, when it is done again, and that nothing torn is ever read. */
class StagesTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final AtomicInteger made = new AtomicInteger();
    private SparkSession spark;

    @BeforeEach
    void spark() {
        spark = LocalSpark.session();
    }

    @AfterEach
    void nothingIsForbidden() {
        FailingFileSystem.forbidden = "";
    }

    @Test
    void skipsWhatIsThereAndSaysSo() throws IOException {
        Table first = numbers(stages(), 1, Map.of("a", "b"), content("x"));
        Table again = numbers(stages(), 1, Map.of("a", "b"), content("x"));

        assertThat(made).hasValue(1);
        assertThat(again.folder()).isEqualTo(first.folder());
        assertThat(again.count()).isEqualTo(100);
        assertThat(again.rows().agg(functions.sum("id")).head().getLong(0)).isEqualTo(4950);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("100 rows, ")
                .contains("kept 100 rows of an earlier run: numbers-");
    }

    @Test
    void doesAgainWhatHasOtherSettingsVersionOrInput() throws IOException {
        Set<String> folders = new java.util.HashSet<>();
        for (Table table : List.of(
                numbers(stages(), 1, Map.of("a", "b"), content("x")),
                numbers(stages(), 1, Map.of("a", "c"), content("x")),
                numbers(stages(), 2, Map.of("a", "b"), content("x")),
                numbers(stages(), 1, Map.of("a", "b"), content("y")))) {
            folders.add(table.folder().getName());
        }

        assertThat(made).hasValue(4);
        assertThat(folders).hasSize(4);
        Stages last = stages();
        numbers(last, 1, Map.of("a", "b"), content("y"));
        assertThat(last.unused()).hasSize(3);
    }

    @Test
    void knowsAnEqualStageAtAnotherParallelism() throws IOException {
        String first = numbers(stages(), 1, Map.of(), content("x")).hash();
        spark = LocalSpark.session(7);

        assertThat(numbers(stages(), 1, Map.of(), content("x")).hash()).isEqualTo(first);
        assertThat(made).hasValue(1);
    }

    @Test
    void doesAgainWhatDependsOnWhatChanged() throws IOException {
        assertThat(twice(stages(), "b").count()).isEqualTo(100);
        assertThat(made).hasValue(2);
        twice(stages(), "b");
        assertThat(made).hasValue(2);
        twice(stages(), "c");
        assertThat(made).hasValue(4);
        twice(stages("numbers"), "c");
        assertThat(made).hasValue(6);
        twice(stages("twice"), "c");
        assertThat(made).hasValue(7);
    }

    @Test
    void doesAgainWhatIsTornMissingOrOfAnother() throws IOException {
        Path stage = local(numbers(stages(), 1, Map.of(), content("x")));
        Path file = data(stage);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
        numbers(stages(), 1, Map.of(), content("x"));
        assertThat(made).hasValue(2);
        assertThat(said.toString(StandardCharsets.UTF_8))
                .contains("warning: file:" + stage + " holds " + file.getFileName() + " with " + (bytes.length - 1)
                        + " bytes instead of " + bytes.length + ": done again");

        Files.delete(data(stage));
        assertThat(numbers(stages(), 1, Map.of(), content("x")).rows().count()).isEqualTo(100);
        assertThat(made).hasValue(3);

        Path manifest = stage.resolve("manifest.json");
        String text = Files.readString(manifest);
        Files.writeString(manifest, text.substring(0, text.length() / 2));
        numbers(stages(), 1, Map.of(), content("x"));
        assertThat(made).hasValue(4);
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("has a torn manifest: done again");

        Files.delete(manifest);
        numbers(stages(), 1, Map.of(), content("x"));
        assertThat(made).hasValue(5);
    }

    @Test
    void readsNothingOfARunThatWasKilled() throws IOException {
        Path stage = local(numbers(stages(), 1, Map.of(), content("x")));
        // What a kill -9 leaves: files, perhaps torn, of a process that is no more, and no manifest.
        Path left = stage.resolve("rows-" + java.net.InetAddress.getLocalHost().getHostName() + "-999999999-0a1b2c3d");
        Files.move(data(stage).getParent(), left);
        Files.delete(stage.resolve("manifest.json"));
        Path other = stage.resolve("rows-elsewhere-1-0a1b2c3d"); // may be alive
        Files.createDirectories(other);

        Table table = numbers(stages(), 1, Map.of(), content("x"));

        assertThat(table.rows().count()).isEqualTo(100);
        assertThat(made).hasValue(2);
        assertThat(left).doesNotExist();
        assertThat(other).exists();
    }

    @Test
    void leavesNothingWhereTheDiskIsFull() throws IOException {
        FailingFileSystem.register(spark.sparkContext().hadoopConfiguration());
        org.apache.hadoop.fs.Path work = new org.apache.hadoop.fs.Path(FailingFileSystem.SCHEME + "://" + folder);
        FailingFileSystem.forbidden = ".parquet";

        assertThatThrownBy(() -> numbers(stages(work, Set.of()), 1, Map.of(), content("x")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("prep.work " + work + " cannot be written: ")
                .hasMessageContaining("No space left");
        assertThat(files()).isEmpty();

        FailingFileSystem.forbidden = "manifest.json";
        assertThatThrownBy(() -> numbers(stages(work, Set.of()), 1, Map.of(), content("x")))
                .hasStackTraceContaining("No space left");
        assertThat(files()).isEmpty();

        FailingFileSystem.forbidden = "";
        assertThat(numbers(stages(work, Set.of()), 1, Map.of(), content("x"))
                        .rows()
                        .count())
                .isEqualTo(100);
    }

    @Test
    void twoRunsAtOnceShareOneResult() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        Table[] tables = new Table[2];
        Throwable[] failed = new Throwable[2];
        Thread[] threads = new Thread[2];
        for (int i = 0; i < 2; i++) {
            int run = i;
            threads[i] = new Thread(() -> {
                try {
                    tables[run] = stages().table("numbers", 1, Map.of(), List.of(content("x")), () -> {
                        both.countDown();
                        try {
                            both.await(); // neither finds what the other wrote
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                        return range();
                    });
                } catch (Throwable e) {
                    failed[run] = e;
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(failed).containsOnlyNulls();
        for (Table table : tables) {
            assertThat(table.rows().agg(functions.sum("id")).head().getLong(0)).isEqualTo(4950);
        }
        assertThat(numbers(stages(), 1, Map.of(), content("x")).count()).isEqualTo(100);
        assertThat(made).hasValue(0);
    }

    @Test
    void storesATableWithoutRows() throws IOException {
        Table table = stages().table("none", 1, Map.of(), List.of(content("x")), () -> range().where("id < 0"));

        assertThat(table.count()).isZero();
        assertThat(table.rows().count()).isZero();
        assertThat(table.rows().columns()).containsExactly("id");
    }

    @Test
    void addsUpTheBytesOfText() throws IOException {
        Table texts = stages().table(
                        "texts",
                        1,
                        Map.of(),
                        List.of(content("x")),
                        () -> range().select(
                                        functions.col("id"), functions.lit(3L).as("bytes")));

        assertThat(texts.textBytes()).isEqualTo(300);
    }

    private Stages stages(String... forced) throws IOException {
        return stages(new org.apache.hadoop.fs.Path(folder.toUri()), Set.of(forced));
    }

    private Stages stages(org.apache.hadoop.fs.Path work, Set<String> forced) throws IOException {
        Progress progress =
                new Progress(spark.sparkContext(), new PrintStream(said, true, StandardCharsets.UTF_8), false);
        return new Stages(spark, work, forced, progress);
    }

    private static Content content(String hash) {
        return new Content("corpus", hash, 1000);
    }

    private Table numbers(Stages stages, int version, Map<String, String> settings, Input input) throws IOException {
        return stages.table("numbers", version, settings, List.of(input), () -> {
            made.incrementAndGet();
            return range();
        });
    }

    /** A stage on a stage. */
    private Table twice(Stages stages, String setting) throws IOException {
        Table numbers = numbers(stages, 1, Map.of("a", setting), content("x"));
        return stages.table("twice", 1, Map.of(), List.of(numbers), () -> {
            made.incrementAndGet();
            return numbers.rows().selectExpr("id * 2 AS id");
        });
    }

    private Dataset<Row> range() {
        return spark.range(0, 100, 1, 2).toDF();
    }

    private static Path local(Table table) {
        return Path.of(table.folder().toUri().getPath());
    }

    /** A file of rows. */
    private static Path data(Path stage) throws IOException {
        try (Stream<Path> paths = Files.walk(stage)) {
            String named = Files.readString(stage.resolve("manifest.json"));
            return paths.filter(path -> path.toString().endsWith(".parquet"))
                    .filter(path ->
                            named.contains(path.getParent().getFileName().toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile).toList();
        }
    }
}
