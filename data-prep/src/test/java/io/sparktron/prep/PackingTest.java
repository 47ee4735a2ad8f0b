package io.sparktron.prep;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.prep.report.PrepReport;
import io.sparktron.tokenizer.Gpt2Tokenizer;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Order, split, samples and files against an obvious computation in memory; and the same bytes however the work is cut. */
class PackingTest {
    private static final long SEED = 99;
    private static final double VALIDATION = 0.2;
    private static final int SEQUENCE = 7;

    @TempDir
    Path folder;

    @Test
    void equalsTheObviousComputation() throws IOException {
        List<String> texts = texts(300);
        Corpus corpus = corpus(folder, texts);

        PrepReport report = Corpus.run(settings(corpus));

        TreeMap<BigInteger, String> inOrder = new TreeMap<>();
        for (String text : texts) {
            inOrder.put(key(text), text);
        }
        for (String split : List.of("train", "validation")) {
            List<Integer> stream = new ArrayList<>();
            int documents = 0;
            for (var entry : inOrder.entrySet()) {
                if (isValidation(entry.getKey()) == split.equals("validation")) {
                    Arrays.stream(Gpt2Tokenizer.get().encode(entry.getValue())).forEach(stream::add);
                    stream.add(50256);
                    documents++;
                }
            }
            assertThat(corpus.samples(split)).containsExactlyElementsOf(reference(stream));
            PrepReport.Split counts = report.splits().get(split.equals("train") ? 0 : 1);
            int samples = (stream.size() - 1) / SEQUENCE;
            assertThat(counts.documents()).isEqualTo(documents).isPositive();
            assertThat(counts.tokens()).isEqualTo(stream.size());
            assertThat(counts.samples()).isEqualTo(samples);
            assertThat(counts.tailTokens()).isEqualTo(stream.size() - 1 - samples * SEQUENCE);
            assertThat(corpus.manifest(split).counts())
                    .isEqualTo(new Manifest.Counts(documents, counts.characters(), stream.size(), counts.tailTokens()));
        }
        assertThat(report.splits().get(0).files()).isGreaterThan(2);
        LedgerInvariants.check(LocalSpark.session(), corpus.output(), texts.size());
    }

    @Test
    void givesTheSameBytesForAnyNumberOfPartitions() throws IOException {
        List<String> texts = texts(300);
        TreeMap<String, byte[]> expected = null;
        for (int partitions : new int[] {1, 3, 7}) {
            Corpus corpus = corpus(folder, texts);
            Prep.run(
                    LocalSpark.session(partitions),
                    settings(corpus).build(),
                    new PrintStream(OutputStream.nullOutputStream()));
            TreeMap<String, byte[]> written = corpus.written();
            assertThat(written).containsKeys("report.json", "train/manifest.json", "train/part-00002.parquet");
            if (expected != null) {
                assertThat(written.keySet()).isEqualTo(expected.keySet());
                for (String name : written.keySet()) {
                    assertThat(written.get(name))
                            .as("%s at %d partitions", name, partitions)
                            .isEqualTo(expected.get(name));
                }
            }
            expected = written;
            deleteOutput(corpus);
        }
    }

    @Test
    void anotherSeedIsAnotherOrder() throws IOException {
        Corpus corpus = corpus(folder, texts(40));

        Corpus.run(settings(corpus));
        List<int[]> one = corpus.samples("train");
        deleteOutput(corpus);
        Corpus.run(settings(corpus).seed(SEED + 1));

        assertThat(corpus.samples("train").get(0)).isNotEqualTo(one.get(0));
    }

    @Test
    void filesAreWhatTheManifestSays() throws IOException {
        Corpus corpus = corpus(folder, texts(300));
        Corpus.run(settings(corpus));

        Manifest manifest = corpus.manifest("train");

        long next = 0;
        for (Manifest.DataFile file : manifest.files()) {
            Path path = corpus.output().resolve("train").resolve(file.path());
            assertThat(Files.size(path)).isEqualTo(file.bytes());
            assertThat(Sha256.hex(Sha256.of(Files.readAllBytes(path)))).isEqualTo(file.sha256());
            assertThat(file.firstSample()).isEqualTo(next);
            next += file.samples();
            assertThat(rowGroups(path)).isEqualTo(groups(file.samples()));
        }
        assertThat(next).isEqualTo(manifest.samples());
        assertThat(manifest.files().get(0).samples()).isEqualTo(512);
        assertThat(manifest.tokenizer()).isEqualTo(new Manifest.Vocabulary("gpt2", 50257, 50256));
        assertThat(manifest.provenance()).containsKeys("creator", "settings", "inputFingerprint");
    }

    @Test
    void longSamplesStayInGroupsOf256() throws IOException {
        Corpus corpus = new Corpus(folder);
        Random random = new Random(3);
        for (int i = 0; i < 30; i++) {
            corpus.put(i + ".txt", Corpus.sentence(random, 20_000));
        }

        Corpus.run(corpus.settings().sequence(1000));

        Path file = corpus.output().resolve("train/part-00000.parquet");
        assertThat(rowGroups(file))
                .hasSizeGreaterThan(2)
                .isEqualTo(groups(corpus.manifest("train").samples()));
    }

    @Test
    void cutsOneLongDocumentIntoManyFiles() throws IOException {
        String text = Corpus.sentence(new Random(5), 400_000); // 2.4 MB
        Corpus corpus = new Corpus(folder).put("long.txt", text);

        PrepReport report = Corpus.run(corpus.settings().sequence(64).samplesPerFile(1024));

        int[] ids = Gpt2Tokenizer.get().encode(text);
        assertThat(report.documents()).isEqualTo(1);
        assertThat(report.splits().get(0).tokens()).isEqualTo(ids.length + 1);
        assertThat(corpus.manifest("train").files()).hasSizeGreaterThan(3);
        List<int[]> samples = corpus.samples("train");
        for (int k = 0; k < samples.size(); k++) {
            assertThat(samples.get(k)).isEqualTo(Arrays.copyOfRange(ids, 64 * k, 64 * k + 65));
        }
    }

    private static SettingsBuilder settings(Corpus corpus) {
        return corpus.settings()
                .sequence(SEQUENCE)
                .seed(SEED)
                .validationFraction(VALIDATION)
                .samplesPerFile(512);
    }

    /** Distinct texts of uneven lengths; every fifth is short. */
    private static List<String> texts(int count) {
        Random random = new Random(11);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(i + " " + Corpus.sentence(random, i % 5 == 0 ? 1 : 10 + random.nextInt(80)));
        }
        return texts;
    }

    /** Some as lines, some as files. */
    private static Corpus corpus(Path folder, List<String> texts) throws IOException {
        Corpus corpus = new Corpus(folder);
        if (Files.exists(corpus.input())) {
            return corpus; // the same files with the same times
        }
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < texts.size(); i++) {
            if (i % 10 == 0) {
                corpus.put("texts/" + i + ".txt", texts.get(i));
            } else {
                lines.append("{\"text\": \"").append(texts.get(i)).append("\"}\n");
            }
        }
        return corpus.put("lines.jsonl", lines.toString());
    }

    private static List<int[]> reference(List<Integer> stream) {
        List<int[]> samples = new ArrayList<>();
        for (int k = 0; k * SEQUENCE + SEQUENCE < stream.size(); k++) {
            samples.add(stream.subList(k * SEQUENCE, k * SEQUENCE + SEQUENCE + 1).stream()
                    .mapToInt(id -> id)
                    .toArray());
        }
        return samples;
    }

    private static BigInteger key(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(SEED);
            out.write(Sha256.of(text.getBytes(StandardCharsets.UTF_8)));
        }
        return new BigInteger(1, Sha256.of(bytes.toByteArray()));
    }

    private static boolean isValidation(BigInteger key) {
        long last53 = key.mod(BigInteger.ONE.shiftLeft(64)).shiftRight(11).longValueExact();
        return last53 / Math.pow(2, 53) < VALIDATION;
    }

    private static List<Long> rowGroups(Path file) throws IOException {
        try (ParquetFileReader reader =
                ParquetFileReader.open(HadoopInputFile.fromPath(Corpus.hadoop(file), new Configuration()))) {
            return reader.getRowGroups().stream()
                    .map(BlockMetaData::getRowCount)
                    .toList();
        }
    }

    private static List<Long> groups(long samples) {
        List<Long> groups = new ArrayList<>();
        for (long left = samples; left > 0; left -= 256) {
            groups.add(Math.min(256, left));
        }
        return groups;
    }

    private static void deleteOutput(Corpus corpus) throws IOException {
        org.apache.hadoop.fs.Path output = Corpus.hadoop(corpus.output());
        output.getFileSystem(new Configuration()).delete(output, true);
    }
}
