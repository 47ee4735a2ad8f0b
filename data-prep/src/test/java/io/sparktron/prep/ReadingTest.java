package io.sparktron.prep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.prep.read.Compressed;
import io.sparktron.prep.read.InputFormat;
import io.sparktron.prep.report.PrepReport;
import io.sparktron.tokenizer.Gpt2Tokenizer;
import io.sparktron.tokens.InvalidInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the documents of every kind of input, good and bad. */
class ReadingTest {
    @TempDir
    Path folder;

    private Corpus corpus;

    @BeforeEach
    void corpus() {
        corpus = new Corpus(folder);
    }

    @Test
    void readsEveryFormatCompressedOrNot() throws IOException {
        List<String> expected = new ArrayList<>();
        for (String name : List.of("a.txt", "b.md.gz", "c.bz2", "deep/er/d.txt.zst", "no-suffix")) {
            String text = "A text, with\n\nempty lines, in " + name;
            expected.add(text);
            corpus.put(name, compressed(text, name));
        }
        for (String name : List.of("e.jsonl", "f.json.gz", "deep/g.ndjson.bz2", "h.jsonl.zst")) {
            String lines = "{\"id\": 1, \"text\": \"First line of " + name + "\"}\n\n{\"text\": \"Second line of "
                    + name + ", \\u00fc \\\"quoted\\\"\"}\n";
            expected.add("First line of " + name);
            expected.add("Second line of " + name + ", ü \"quoted\"");
            corpus.put(name, compressed(lines, name));
        }
        ByteArrayOutputStream members = new ByteArrayOutputStream();
        for (String text : List.of("One member of a file", "Another member of it")) {
            members.writeBytes(compressed("{\"text\": \"" + text + "\"}\n", "x.gz"));
            expected.add(text);
        }
        corpus.put("members.jsonl.gz", members.toByteArray());
        String main =
                "A page has a paragraph of words enough that it is taken for its main text, and no less than that.";
        String page = "<nav><a href='/'>Home</a></nav><p>" + main + "</p>";
        for (String name : List.of("page.html", "page.htm.bz2")) {
            corpus.put(name, compressed(page.replace("A page", name), name));
            expected.add(main.replace("A page", name));
        }
        String record = "WARC/1.0\r\nWARC-Type: resource\r\nContent-Type: text/html\r\nContent-Length: " + page.length()
                + "\r\n\r\n" + page + "\r\n\r\n";
        corpus.put("deep/archive.warc.gz", compressed(record, "x.gz"));
        expected.add(main);
        parquet("i.parquet", DataTypes.StringType, "First row", "Second row, ü");
        expected.addAll(List.of("First row", "Second row, ü"));
        corpus.put("_SUCCESS", "Hidden, not a document").put(".hidden/x.txt", "Nor is this one here");

        PrepReport report = Corpus.run(corpus.settings().sequence(1));

        assertThat(texts()).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(report.documents()).isEqualTo(expected.size());
        assertThat(report.dropped()).isEmpty();
        assertThat(report.characters())
                .isEqualTo(expected.stream().mapToLong(String::length).sum());
    }

    @Test
    void takesGlobsFilesAndFoldersAndReadsNothingTwice() throws IOException {
        corpus.put("a1.txt", "Document a1").put("a2.txt", "Document a2").put("b1.txt", "Document b1");
        corpus.put("folder/c.txt", "Document c")
                .put("folder/d.txt", "Document d")
                .put("odd[1].txt", "Document odd");
        parquet("odd{x}*.parquet", DataTypes.StringType, "Document of an odd table");
        String input = corpus.input().toString();

        PrepReport report = Corpus.run(with(List.of(
                        input + "/a?.txt",
                        input + "/{b1,zzz}.txt",
                        corpus.input().resolve("folder").toUri().toString(),
                        input + "/folder/c.txt",
                        input + "/odd[1].txt",
                        input + "/odd{x}*.parquet"))
                .sequence(1));

        assertThat(report.documents()).isEqualTo(7);
        assertThat(texts())
                .containsExactlyInAnyOrder(
                        "Document a1",
                        "Document a2",
                        "Document b1",
                        "Document c",
                        "Document d",
                        "Document odd",
                        "Document of an odd table");
    }

    @Test
    void saysWhyADocumentIsDroppedAndWhere() throws IOException {
        corpus.put("a-good.txt", "A document that is good enough.");
        corpus.put("b-duplicate.txt", "A document that is good enough.\r\n");
        corpus.put("c-duplicate.jsonl", "{\"text\": \" A document that is good enough.\"}");
        corpus.put("d-short.txt", "a\u0000b\r\n ");
        corpus.put("e-empty.txt", "");
        corpus.put("f-latin1.txt", "Zürich ist eine Stadt".getBytes(StandardCharsets.ISO_8859_1));
        corpus.put("g-utf16.txt", "Text in two bytes each".getBytes(StandardCharsets.UTF_16));
        corpus.put(
                "h-lines.jsonl",
                "{\"text\": \"A good line among bad ones\"}\n" // 39 bytes
                        + "{\"text\": \"torn\n"
                        + "[\"no object\"]\n"
                        + "{\"text\": \"two of them\"} {\"text\": \"in a line\"}\n"
                        + "{\"body\": \"another field\"}\n"
                        + "{\"text\": null}\n"
                        + "{\"text\": 17}\n"
                        + "{\"text\": \"half of a pair \\ud83e here\"}\n");
        byte[] gzip = compressed("A text that is cut off", "x.gz");
        corpus.put("i-torn.txt.gz", Arrays.copyOf(gzip, gzip.length - 4));
        parquet("j-table.parquet", DataTypes.StringType, "A good row of a table", null, "x");
        other("k-other.parquet");

        PrepReport report = corpus.run();

        Map<String, PrepReport.Dropped> dropped =
                report.dropped().stream().collect(Collectors.toMap(PrepReport.Dropped::reason, Function.identity()));
        assertThat(dropped.keySet())
                .containsExactlyInAnyOrder(
                        "undecodable", "damaged", "malformed", "no-text", "empty", "too-short", "duplicate");
        assertDropped(dropped.get("undecodable"), 3, 0, "f-latin1.txt");
        assertDropped(dropped.get("damaged"), 1, 0, "i-torn.txt.gz");
        assertDropped(dropped.get("malformed"), 3, 0, "h-lines.jsonl at byte 39");
        assertDropped(dropped.get("no-text"), 6, 0, "h-lines.jsonl at byte ");
        assertDropped(dropped.get("empty"), 1, 0, "e-empty.txt");
        assertDropped(dropped.get("too-short"), 2, 3, "d-short.txt");
        assertDropped(dropped.get("duplicate"), 2, 62, "b-duplicate.txt");
        assertThat(report.splits().get(0).documents()).isEqualTo(3);
        assertThat(report.documents()).isEqualTo(3 + 3 + 1 + 3 + 6 + 3 + 2);
        assertThat(report.characters()).isEqualTo(31 + 26 + 21 + 3 + 62);
        LedgerInvariants.check(LocalSpark.session(), corpus.output(), 21);
    }

    @Test
    void keepsTheFirstOfManyDuplicatesWhereverTheyAre() throws IOException {
        String line = "{\"text\": \"The same line again and again\"}\n";
        corpus.put("a.jsonl", line.repeat(30_000)).put("b.jsonl", "{\"text\": \"And one that is not\"}\n" + line);

        PrepReport report = corpus.run();

        assertThat(report.splits().get(0).documents()).isEqualTo(2);
        assertThat(report.dropped()).hasSize(1);
        assertDropped(report.dropped().get(0), 30_000, 30_000 * 29L, "a.jsonl at byte ");
        assertThat(report.dropped().get(0).example()).doesNotEndWith(" at byte 0");
    }

    @Test
    void readsALargeLinesFileInSlices() throws IOException {
        Random random = new Random(4);
        StringBuilder lines = new StringBuilder();
        long characters = 0;
        for (int i = 0; i < 6000; i++) {
            String text = i + " " + Corpus.sentence(random, random.nextInt(200));
            characters += text.length();
            lines.append("{\"text\": \"").append(text).append("\"}\n");
        }
        corpus.put("large.jsonl", lines.toString());
        assertThat(Files.size(corpus.file("large.jsonl"))).isGreaterThan(3 << 20);

        PrepReport report = Corpus.run(corpus.settings().minimumCharacters(1));

        assertThat(report.documents()).isEqualTo(6000);
        assertThat(report.splits().get(0).documents()).isEqualTo(6000);
        assertThat(report.characters()).isEqualTo(characters);
    }

    @Test
    void readsTheFieldOrColumnAndFormatThatIsNamed() throws IOException {
        corpus.put("a.data", "{\"body of\": \"A line in a field with a blank\", \"text\": 1}");

        PrepReport lines =
                Corpus.run(corpus.settings().sequence(1).textField("body of").format(InputFormat.JSONL));

        assertThat(lines.documents()).isEqualTo(1);
        assertThat(texts()).containsExactly("A line in a field with a blank");
    }

    @Test
    void refusesATornTable() throws IOException {
        Path file = parquet("a.parquet", DataTypes.StringType, "A row that will be torn");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 10));

        assertRefused(corpus.settings(), "a.parquet");
    }

    @Test
    void refusesAColumnThatIsNoString() throws IOException {
        StructType schema = new StructType().add("text", DataTypes.LongType);
        Path file = table("a.parquet", schema, List.of(17L));

        assertRefused(corpus.settings(), file.getFileName().toString());
    }

    private void assertRefused(SettingsBuilder settings, String part) throws IOException {
        assertThatThrownBy(() -> Corpus.run(settings))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(part)
                .message()
                .doesNotContain("\n");
        assertThat(corpus.holdsOnlyStages()).isTrue();
    }

    private void assertDropped(PrepReport.Dropped dropped, long documents, long characters, String place) {
        assertThat(dropped.documents()).as(dropped.reason()).isEqualTo(documents);
        assertThat(dropped.characters()).as(dropped.reason()).isEqualTo(characters);
        assertThat(dropped.example()).startsWith("file:" + corpus.input() + "/" + place);
    }

    private SettingsBuilder with(List<String> input) {
        return corpus.settings().input(input);
    }

    private static byte[] compressed(String text, String name) throws IOException {
        byte[] plain = text.getBytes(StandardCharsets.UTF_8);
        return name.matches(".*\\.(gz|bz2|zst)")
                ? Compressed.bytes(plain, name.substring(name.lastIndexOf('.')))
                : plain;
    }

    private Path parquet(String name, DataType type, String... texts) throws IOException {
        return table(
                name,
                new StructType().add("id", DataTypes.IntegerType).add("text", type),
                Arrays.stream(texts).map(text -> new Object[] {1, text}).toArray(Object[][]::new));
    }

    private void other(String name) throws IOException {
        table(name, new StructType().add("other", DataTypes.StringType), new Object[][] {
            {"A row of another column"}, {"Another"}
        });
    }

    private Path table(String name, StructType schema, List<Object> row) throws IOException {
        return table(name, schema, new Object[][] {row.toArray()});
    }

    /** One Parquet file, written by Spark and moved to its place. */
    private Path table(String name, StructType schema, Object[][] rows) throws IOException {
        SparkSession spark = LocalSpark.session();
        Path written = folder.resolve("table");
        spark.createDataFrame(Arrays.stream(rows).map(RowFactory::create).toList(), schema)
                .coalesce(1)
                .write()
                .mode("overwrite")
                .parquet(written.toString());
        Path file = corpus.file(name);
        try (var parts = Files.list(written)) {
            Path part = parts.filter(path -> path.toString().endsWith(".parquet"))
                    .findFirst()
                    .orElseThrow();
            Files.move(part, file);
        }
        return file;
    }

    /** The documents of the train split, told from its samples of one id and its target. */
    private List<String> texts() {
        List<int[]> samples = corpus.samples("train");
        int[] ids = new int[samples.size() + 1];
        for (int i = 0; i < samples.size(); i++) {
            ids[i] = samples.get(i)[0];
            ids[i + 1] = samples.get(i)[1];
        }
        String stream = Gpt2Tokenizer.get().decode(ids);
        assertThat(stream).endsWith("<|endoftext|>");
        return List.of(stream.split("<\\|endoftext\\|>"));
    }
}
