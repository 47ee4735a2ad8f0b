package io.sparktron.prep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.prep.pack.BertSettings;
import io.sparktron.prep.report.PrepReport;
import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A corpus to samples for BERT, through Spark. */
class BertPrepTest {
    private static final int SEQUENCE = 40;

    @TempDir
    Path folder;

    private Corpus corpus;
    private List<String> texts;

    @BeforeEach
    void write() throws IOException {
        corpus = new Corpus(folder);
        texts = new ArrayList<>();
        Random random = new Random(4);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 150; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = 2 + random.nextInt(30); j > 0; j--) {
                text.append(Corpus.sentence(random, 2 + random.nextInt(9))).append("\\n\\n");
            }
            texts.add(text.toString().replace("\\n", "\n"));
            lines.append("{\"text\": \"").append(text).append("\"}\n");
        }
        lines.append("{\"text\": \"only one sentence here\"}\n");
        corpus.put("corpus.jsonl", lines.toString());
    }

    private SettingsBuilder settings() {
        return corpus.settings()
                .sequence(SEQUENCE)
                .validationFraction(0.2)
                .samplesPerFile(256)
                .bert(new BertSettings(90, null, true, 0.1));
    }

    @Test
    void givesTheSameBytesForAnyNumberOfPartitions() throws IOException {
        TreeMap<String, byte[]> expected = null;
        for (int partitions : new int[] {1, 3, 7}) {
            Prep.run(
                    LocalSpark.session(partitions),
                    settings().build(),
                    new PrintStream(OutputStream.nullOutputStream()));
            TreeMap<String, byte[]> written = corpus.written();
            assertThat(written)
                    .containsKeys(
                            "report.html",
                            "report.json",
                            "train/manifest.json",
                            "train/vocab.txt",
                            "train/part-00001.parquet",
                            "validation/vocab.txt",
                            "validation/part-00000.parquet");
            if (expected != null) {
                assertThat(written.keySet()).isEqualTo(expected.keySet());
                for (String name : written.keySet()) {
                    assertThat(written.get(name))
                            .as("%s at %d partitions", name, partitions)
                            .isEqualTo(expected.get(name));
                }
            }
            expected = written;
            delete();
        }
    }

    @Test
    void everySampleIsTextOfOneDocument() throws IOException {
        PrepReport report = Corpus.run(settings());

        assertThat(report.dropped())
                .containsExactly(new PrepReport.Dropped(
                        "one-sentence", 1, 22, report.dropped().get(0).example()));
        LedgerInvariants.check(LocalSpark.session(), corpus.output(), 151);
        Set<String> documents = new HashSet<>();
        long tokens = 0;
        for (PrepReport.Split split : report.splits()) {
            Manifest manifest = corpus.manifest(split.name());
            WordPieceTokenizer tokenizer = tokenizer(split.name());
            assertThat(manifest.family()).isEqualTo("bert");
            assertThat(manifest.sequence()).isEqualTo(SEQUENCE);
            assertThat(manifest.tokenizer())
                    .isEqualTo(new Manifest.Vocabulary(
                            "wordpiece",
                            tokenizer.vocabulary(),
                            3,
                            new Manifest.WordPieces(
                                    0,
                                    2,
                                    3,
                                    4,
                                    true,
                                    "vocab.txt",
                                    vocabulary(split.name()).sha256())));
            assertThat(manifest.counts())
                    .isEqualTo(new Manifest.Counts(
                            split.documents(), split.characters(), split.tokens(), split.tailTokens()));
            List<Row> rows = rows(split.name());
            assertThat((long) rows.size()).isEqualTo(split.samples()).isEqualTo(manifest.samples());
            List<String> decoded = texts.stream()
                    .map(text -> ' ' + tokenizer.decode(tokenizer.encode(text)) + ' ')
                    .toList();
            long used = 0;
            long swaps = 0;
            for (int i = 0; i < rows.size(); i++) {
                Row row = rows.get(i);
                assertThat(row.getLong(0)).isEqualTo(i);
                int[] ids = row.<Integer>getList(1).stream().mapToInt(id -> id).toArray();
                int second = row.getInt(2);
                String a = tokenizer.decode(Arrays.copyOfRange(ids, 1, second - 1));
                String b = tokenizer.decode(Arrays.copyOfRange(ids, second, ids.length - 1));
                String text = row.getBoolean(3) ? b + ' ' + a : a + ' ' + b;
                List<String> of = decoded.stream()
                        .filter(document -> document.contains(' ' + text + ' '))
                        .toList();
                assertThat(of).as(text).isNotEmpty();
                if (of.size() == 1) {
                    documents.add(split.name() + of.get(0));
                }
                used += ids.length - 3;
                swaps += row.getBoolean(3) ? 1 : 0;
            }
            assertThat(used + split.tailTokens()).isEqualTo(split.tokens());
            assertThat(swaps).isBetween(rows.size() / 4L, rows.size() * 3L / 4); // beyond 6 standard deviations
            tokens += split.tokens();
        }
        assertThat(documents).hasSizeLessThanOrEqualTo(texts.size()); // none in both splits
        assertThat(tokens).isPositive();
        assertThat(Arrays.equals(
                        Files.readAllBytes(corpus.output().resolve("train/vocab.txt")),
                        Files.readAllBytes(corpus.output().resolve("validation/vocab.txt"))))
                .isTrue();
    }

    @Test
    void samplesOfADocumentDoNotLieTogether() throws IOException {
        Corpus.run(settings());
        WordPieceTokenizer tokenizer = tokenizer("train");
        List<String> decoded = texts.stream()
                .map(text -> tokenizer.decode(tokenizer.encode(text)))
                .toList();
        List<Row> rows = rows("train");
        List<Integer> most = new ArrayList<>();
        for (String document : decoded) {
            List<Integer> places = new ArrayList<>();
            for (int i = 0; i < rows.size(); i++) {
                int[] ids = rows.get(i).<Integer>getList(1).stream()
                        .mapToInt(id -> id)
                        .toArray();
                String a =
                        tokenizer.decode(Arrays.copyOfRange(ids, 1, rows.get(i).getInt(2) - 1));
                if (a.length() > 60 && document.contains(a)) {
                    places.add(i);
                }
            }
            most = places.size() > most.size() ? places : most;
        }
        assertThat(most).hasSizeGreaterThan(3);
        assertThat(most.get(most.size() - 1) - most.get(0)).isGreaterThan(rows.size() / 4);
    }

    @Test
    void takesAVocabularyThatIsGiven() throws IOException {
        Path file = folder.resolve("given.txt");
        Files.writeString(file, "[PAD]\n[UNK]\n[SEP]\n[CLS]\n[MASK]\nspark\ntensor\n.\n");
        SettingsBuilder settings = settings().bert(new BertSettings(0, file.toString(), true, 0));

        Corpus.run(settings);

        assertThat(Files.readString(corpus.output().resolve("train/vocab.txt"))).isEqualTo(Files.readString(file));
        assertThat(corpus.manifest("train").tokenizer().wordPieces().cls()).isEqualTo(3);
        assertThat(Corpus.run(settings).kept()).isTrue();
        Files.writeString(file, "[PAD]\n[UNK]\n[SEP]\n[CLS]\n[MASK]\nspark\n.\n");
        assertThatThrownBy(() -> Corpus.run(settings))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("holds another dataset", "prep.vocabulary-file was SHA-256");
        Files.writeString(file, "[PAD]\n[UNK]\n");
        assertThatThrownBy(() -> Corpus.run(settings))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("has no [CLS]");
        Files.delete(file);
        assertThatThrownBy(() -> Corpus.run(settings))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("given.txt is missing");
    }

    @Test
    void keepsWhatIsCompleteAndMissesAVocabulary() throws IOException {
        assertThat(Corpus.run(settings()).kept()).isFalse();
        assertThat(Corpus.run(settings()).kept()).isTrue();
        assertThatThrownBy(() -> Corpus.run(settings().bert(new BertSettings(91, null, true, 0.1))))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("prep.vocabulary-size was 90, is 91");
        assertThatThrownBy(() -> Corpus.run(corpus.settings().validationFraction(0.2)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("holds another dataset");
        Files.delete(corpus.output().resolve("train/vocab.txt"));
        assertThatThrownBy(() -> Corpus.run(settings()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("vocab.txt is missing");
    }

    @Test
    void namesACorpusWithoutPairsAndIllegalSettings() throws IOException {
        delete();
        Files.delete(corpus.input().resolve("corpus.jsonl"));
        corpus.put("a.txt", "only one sentence here");
        assertThatThrownBy(() -> Corpus.run(settings()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("holds no usable document (1 one-sentence such as");
        assertThatThrownBy(() -> new BertSettings(31, null, true, 0.1))
                .hasMessageContaining("prep.vocabulary-size = 31");
        assertThatThrownBy(() -> new BertSettings(32, null, true, 1.5))
                .hasMessageContaining("prep.short-sequences = 1.5");
        assertThatThrownBy(() -> settings().sequence(4).build())
                .hasMessageContaining("prep.sequence = 4; legal: at least 5");
    }

    private void delete() throws IOException {
        if (Files.exists(corpus.output())) {
            try (var paths = Files.walk(corpus.output())) {
                for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
    }

    private List<Row> rows(String split) {
        return LocalSpark.session()
                .read()
                .option("pathGlobFilter", "*.parquet")
                .parquet(corpus.output().resolve(split).toString())
                .orderBy("sample")
                .select("sample", "tokens", "second", "swapped")
                .collectAsList();
    }

    private WordPieceVocabulary vocabulary(String split) throws IOException {
        return WordPieceVocabulary.read(
                Corpus.hadoop(corpus.output().resolve(split).resolve("vocab.txt")), new Configuration());
    }

    private WordPieceTokenizer tokenizer(String split) throws IOException {
        return new WordPieceTokenizer(vocabulary(split), true);
    }
}
