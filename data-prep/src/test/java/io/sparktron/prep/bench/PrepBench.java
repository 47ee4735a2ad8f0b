package io.sparktron.prep.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Called by {@code prep-bench}.
 *
 * <ul>
 *   <li>{@code score OUTPUT}: what {@code prep} wrote into a folder, against brute force and the labels of the corpus
 *   <li>{@code times OUTPUT CORES}: how long each stage took, and its throughput per core
 *   <li>{@code copies CORPUS FOLDER N}: N copies of the plain text of a corpus, each in other words
 * </ul>
 */
public final class PrepBench {
    private static final int GRAM = 5;
    private static final double THRESHOLD = 0.7;

    private PrepBench() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 2 && arguments[0].equals("score")) {
            score(Path.of(arguments[1]), System.out);
        } else if (arguments.length == 3 && arguments[0].equals("times")) {
            times(Path.of(arguments[1]), Integer.parseInt(arguments[2]), System.out);
        } else if (arguments.length == 4 && arguments[0].equals("copies")) {
            copies(Path.of(arguments[1]), Path.of(arguments[2]), Integer.parseInt(arguments[3]));
        } else {
            System.err.println(
                    "prep-bench: must be called as score OUTPUT, times OUTPUT CORES or copies CORPUS FOLDER N");
            System.exit(2);
        }
    }

    private static void times(Path output, int cores, PrintStream out) throws IOException {
        for (StoredStage stage : StoredStage.in(output.resolve("stages"))) {
            out.printf("%-16s %9d rows %8.1f s  %s%n", stage.name(), stage.rows(), stage.seconds(), stage.speed(cores));
        }
    }

    private static void score(Path output, PrintStream out) throws IOException {
        List<BenchDocument> documents = read(output);
        out.printf(
                "%d documents, %d kept%n",
                documents.size(),
                documents.stream().filter(BenchDocument::isKept).count());
        new DuplicateScore(documents, GRAM, THRESHOLD).print(out);
        new LanguageScore(documents).print(out);
    }

    /** The ledger, and the texts from the stage that cleaned them. */
    private static List<BenchDocument> read(Path output) throws IOException {
        try (SparkSession spark = SparkSession.builder()
                .master("local[*]")
                .appName("prep-bench")
                .config("spark.ui.enabled", "false")
                .config("spark.driver.maxResultSize", "0")
                .getOrCreate()) {
            StoredStage cleaned = StoredStage.in(output.resolve("stages")).stream()
                    .filter(stage -> stage.name().equals("documents"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(output + "/stages holds no documents"));
            Dataset<Row> texts = spark.read().parquet(cleaned.data().toString()).select("id", "text");
            return spark
                    .read()
                    .parquet(output.resolve("ledger").toString())
                    .join(texts, "id")
                    .selectExpr("id", "location", "if(kept, null, stage)", "survivor", "language", "text")
                    .collectAsList()
                    .stream()
                    .map(row -> new BenchDocument(
                            row.getLong(0),
                            row.getString(1),
                            row.getString(2),
                            row.isNullAt(3) ? null : row.getLong(3),
                            row.getString(4),
                            row.getString(5)))
                    .toList();
        }
    }

    private static void copies(Path corpus, Path folder, int copies) throws IOException {
        List<Path> files;
        try (Stream<Path> found = Files.walk(corpus)) {
            files = found.filter(file -> file.toString().endsWith(".txt"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            String text = Files.readString(file, StandardCharsets.UTF_8);
            for (int copy = 1; copy <= copies; copy++) {
                Path to = folder.resolve("copy-" + copy)
                        .resolve(corpus.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.writeString(to, OtherWords.of(text, copy), StandardCharsets.UTF_8);
            }
        }
    }
}
