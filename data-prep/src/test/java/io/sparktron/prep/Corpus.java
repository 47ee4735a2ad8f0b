package io.sparktron.prep;

import io.sparktron.prep.report.PrepReport;
import io.sparktron.tokens.Manifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;

/** A folder with an input and an output, and what a test does with it. */
public record Corpus(Path folder) {
    /** Words enough for a sentence that is no duplicate. */
    private static final List<String> WORDS = List.of(
            "spark", "tensor", "naïve", "the", "of", "a", "model", "text", "Zürich", "2026", "loss", "falls", "日本",
            "data", "shard", "rank");

    public Path input() {
        return folder.resolve("input");
    }

    public Path output() {
        return folder.resolve("output");
    }

    public Path file(String name) throws IOException {
        Path file = input().resolve(name);
        Files.createDirectories(file.getParent());
        return file;
    }

    public Corpus put(String name, String text) throws IOException {
        return put(name, text.getBytes(StandardCharsets.UTF_8));
    }

    public Corpus put(String name, byte[] bytes) throws IOException {
        Files.write(file(name), bytes);
        return this;
    }

    public SettingsBuilder settings() {
        return new SettingsBuilder(input().toString(), output().toString())
                .sequence(8)
                .minimumCharacters(5)
                .validationFraction(0);
    }

    public PrepReport run() throws IOException {
        return run(settings());
    }

    public static PrepReport run(SettingsBuilder settings) throws IOException {
        return Prep.run(LocalSpark.session(), settings.build(), new PrintStream(OutputStream.nullOutputStream()));
    }

    /** What {@link Prep} prints. */
    public static String printed(SettingsBuilder settings) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Prep.run(LocalSpark.session(), settings.build(), new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }

    public static String sentence(Random random, int words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(i == 0 ? "" : " ").append(WORDS.get(random.nextInt(WORDS.size())));
        }
        return text.append('.').toString();
    }

    public Manifest manifest(String split) throws IOException {
        return Manifest.read(hadoop(output().resolve(split)), new Configuration());
    }

    /** Samples of a split in the order of their numbers, which are checked. */
    public List<int[]> samples(String split) {
        List<int[]> samples = new ArrayList<>();
        for (Row row : LocalSpark.session()
                .read()
                .option("pathGlobFilter", "*.parquet") // the manifest lies beside them
                .parquet(output().resolve(split).toString())
                .orderBy("sample")
                .collectAsList()) {
            if (row.getLong(0) != samples.size()) {
                throw new AssertionError("sample " + row.getLong(0) + " in place " + samples.size());
            }
            samples.add(row.<Integer>getList(1).stream().mapToInt(id -> id).toArray());
        }
        return samples;
    }

    /** Bytes of every file of the datasets and the report, by name; without tables that Spark wrote under names of its own, and Hadoop's checksum files. */
    public TreeMap<String, byte[]> written() throws IOException {
        TreeMap<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(output())) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                String name = output().relativize(path).toString();
                if (!name.endsWith(".crc") && !name.startsWith("stages/") && !name.startsWith("ledger/")) {
                    files.put(name, Files.readAllBytes(path));
                }
            }
        }
        return files;
    }

    /** Whether the output has nothing but what stages left there for a later run. */
    public boolean holdsOnlyStages() throws IOException {
        if (!Files.exists(output())) {
            return true;
        }
        try (Stream<Path> paths = Files.list(output())) {
            return paths.allMatch(path -> path.getFileName().toString().equals("stages"));
        }
    }

    public static org.apache.hadoop.fs.Path hadoop(Path path) {
        return new org.apache.hadoop.fs.Path(path.toUri());
    }
}
