package io.sparktron.prep.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.prep.Corpus;
import io.sparktron.prep.pack.KeptTexts.Text;
import io.sparktron.tokenizer.BytePairTokenizer;
import io.sparktron.tokenizer.BytePairVocabulary;
import io.sparktron.tokenizer.Gpt2Tokenizer;
import io.sparktron.tokenizer.Tokenizers;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import io.sparktron.tokens.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kept documents to datasets: splits of clusters, equal texts, cuts. */
class PackedDatasetsTest {
    private static final long SEED = 7;
    private static final int END = 50256;
    private static final BlendSettings NATURAL = BlendSettings.natural(List.of("one"));

    @TempDir
    Path folder;

    private static PackSettings settings(double validation, double test) {
        return new PackSettings(5, SEED, validation, test, Gpt2Tokenizer.NAME, 256, null);
    }

    private static String splitOf(String text, Splits splits) {
        return splits.of(DocumentKey.of(SEED, text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void keepsClustersTogetherAndValidationAsItIsWithoutATestSplit() throws IOException {
        List<Text> texts = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            Long cluster = i % 3 == 0 ? null : (long) random.nextInt(40);
            texts.add(new Text(i, 0, i + " " + Corpus.sentence(random, 3 + random.nextInt(9)), cluster, null));
        }

        var without = new KeptTexts(texts, folder.resolve("a")).pack(settings(0.2, 0), NATURAL);
        var result = new KeptTexts(texts, folder.resolve("b")).pack(settings(0.2, 0.3), NATURAL);

        Splits splits = new Splits(0.2, 0.3);
        Map<Long, byte[]> smallest = texts.stream()
                .filter(text -> text.cluster() != null)
                .collect(Collectors.toMap(
                        Text::cluster,
                        text -> DocumentKey.of(SEED, text.text().getBytes(StandardCharsets.UTF_8)),
                        (one, other) -> Arrays.compareUnsigned(one, other) < 0 ? one : other));
        for (Text text : texts) {
            String split = result.documents().get(text.id()).split();
            assertThat(split)
                    .isEqualTo(
                            text.cluster() == null
                                    ? splitOf(text.text(), splits)
                                    : splits.of(smallest.get(text.cluster())));
            assertThat(without.documents().get(text.id()).split().equals("validation"))
                    .isEqualTo(split.equals("validation"));
        }
        assertThat(result.report().splits())
                .extracting(PackReport.Split::name)
                .containsExactly("train", "validation", "test");
        for (PackReport.Split split : result.report().splits()) {
            assertThat(split.tokens()).isEqualTo(result.tokens(split.name()));
            assertThat(split.documents()).isBetween(30L, 200L);
        }
        assertThat(new KeptTexts(texts, folder.resolve("b")).manifest("test").samples())
                .isEqualTo(result.report().splits().get(2).samples());
    }

    @Test
    void equalTextsFollowEachOtherByTheirIds() throws IOException {
        List<Text> texts = List.of(
                new Text(3, 0, "the same text", null, List.of(0, 4)),
                new Text(1, 0, "the same text", null, null),
                new Text(2, 0, "the same text", null, List.of(8, 13)),
                Text.of(9, "another text"));
        List<Integer> same = new ArrayList<>();
        for (String piece : List.of("the same text", "the same", "same text")) {
            same.addAll(closed(piece));
        }

        var kept = new KeptTexts(texts, folder);
        var result = kept.pack(new PackSettings(1, SEED, 0, Gpt2Tokenizer.NAME, 256, null), NATURAL);

        List<Integer> stream = kept.stream("train");
        assertThat(stream).hasSize((int) result.tokens("train"));
        assertThat(Collections.indexOfSubList(stream, same)).isNotNegative();
    }

    @Test
    void eachPieceOfACutTextEndsAndTheLedgerCountsThemTogether() throws IOException {
        String text = "First part.  |quoted|  Second part, 日本.|gone";
        int one = text.indexOf('|');
        int two = text.lastIndexOf('|');
        List<Text> texts = List.of(
                new Text(5, 0, text, null, List.of(one - 2, one + 10, two, text.length())),
                new Text(6, 0, "gone", null, List.of(0, 4)));

        var kept = new KeptTexts(texts, folder);
        var result = kept.pack(new PackSettings(1, SEED, 0, Gpt2Tokenizer.NAME, 256, null), NATURAL);

        List<Integer> expected = new ArrayList<>(closed("First part."));
        expected.addAll(closed("Second part, 日本."));
        assertThat(kept.stream("train")).isEqualTo(expected);
        assertThat(result.documents())
                .isEqualTo(Map.of(
                        5L, new KeptTexts.Packed("train", 1, expected.size(), null),
                        6L, new KeptTexts.Packed(null, 0, 0, "all-cut")));
        assertThat(result.report().splits().get(0).documents()).isEqualTo(1);
    }

    @Test
    void noSentencePairSpansACut() throws IOException {
        String text = "Alpha beta. Beta alpha. CUT Gamma delta. Delta gamma. CUT Epsilon only.";
        List<Text> texts = List.of(new Text(1, 0, text, null, List.of(24, 28, 54, 58)), Text.of(2, "Alpha beta."));
        assertThat(text.substring(24, 28) + text.substring(54, 58)).isEqualTo("CUT CUT ");

        var kept = new KeptTexts(texts, folder);
        var result = kept.pack(
                new PackSettings(30, SEED, 0, "wordpiece", 256, new BertSettings(60, null, true, 0)), NATURAL);

        assertThat(kept.samples("train")).hasSize(2);
        assertThat(result.documents().get(2L)).isEqualTo(new KeptTexts.Packed(null, 0, 0, "one-sentence"));
        PackReport.Split train = result.report().splits().get(0);
        assertThat(train.tailTokens()).isPositive().isLessThan(train.tokens());
        long inSamples = 0;
        for (Row sample : kept.samples("train")) {
            inSamples += sample.getList(1).size() - 3;
        }
        assertThat(inSamples + train.tailTokens()).isEqualTo(train.tokens());
    }

    @Test
    void trainsAByteLevelEncodingOnTheTrainingSplitAlone() throws IOException {
        List<Text> texts = new ArrayList<>();
        Random random = new Random(5);
        for (int i = 0; i < 60; i++) {
            String text = i + " " + Corpus.sentence(random, 20);
            boolean validation = splitOf(text, new Splits(0.3, 0)).equals("validation");
            texts.add(Text.of(i, validation ? text + " qqqq".repeat(200) : text));
        }
        // The longer texts have other keys.
        texts.removeIf(text -> text.text().endsWith("q")
                && splitOf(text.text(), new Splits(0.3, 0)).equals("train"));
        KeptTexts kept = new KeptTexts(texts, folder);

        var result = kept.pack(new PackSettings(4, SEED, 0.3, 0, "bpe", 256, null, 0, 300), NATURAL);

        BytePairVocabulary vocabulary = BytePairVocabulary.read(
                new org.apache.hadoop.fs.Path(folder.resolve("train").toUri()), new Configuration());
        BytePairTokenizer tokenizer = new BytePairTokenizer(vocabulary);
        assertThat(tokenizer.encode(" qqqq")).hasSize(5);
        assertThat(vocabulary.size()).isEqualTo(300);
        SortedMap<String, String> digests = new TreeMap<>();
        vocabulary.files().forEach((name, bytes) -> digests.put(name, Sha256.hex(Sha256.of(bytes))));
        for (String split : List.of("train", "validation")) {
            assertThat(kept.manifest(split).tokenizer())
                    .isEqualTo(new Manifest.Vocabulary("bpe", 300, vocabulary.endOfText(), null, digests));
            for (Map.Entry<String, byte[]> file : vocabulary.files().entrySet()) {
                assertThat(folder.resolve(split).resolve(file.getKey())).hasBinaryContent(file.getValue());
            }
            String decoded = tokenizer.decode(
                    kept.stream(split).stream().mapToInt(id -> id).toArray());
            List<String> documents = List.of(decoded.split("<\\|endoftext\\|>"));
            Set<String> written = texts.stream()
                    .filter(text ->
                            split.equals(result.documents().get(text.id()).split()))
                    .map(Text::text)
                    .collect(Collectors.toSet());
            assertThat(documents).hasSizeBetween(written.size() - 1, written.size());
            assertThat(written).containsAll(documents.subList(0, documents.size() - 1));
        }
        assertThat(result.tokens("validation")).isPositive();
        assertThatThrownBy(() -> new PackSettings(4, SEED, 0, 0, "bpe", 256, null, 0, 256))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("prep.vocabulary-size = 256; legal: 257 to");
        assertThatThrownBy(() -> new PackSettings(4, SEED, 0, 0, "gpt3", 256, null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("prep.tokenizer = gpt3; legal: gpt2, or bpe");
    }

    @Test
    void givesTheSameBytesForAnyNumberOfPartitionsAndOrderOfRows() throws IOException {
        List<Text> texts = new ArrayList<>();
        Random random = new Random(2);
        for (int i = 0; i < 200; i++) {
            String text = i / 2 + " " + Corpus.sentence(new Random(i / 2), 20); // two of each
            texts.add(new Text(i, i % 3, text, i % 4 == 0 ? null : i / 8L, i % 5 == 0 ? List.of(2, 7) : null));
        }
        BlendSettings blend = new BlendSettings(List.of("a", "b", "c"), List.of(1.0, 5.0, 0.7), 0);
        TreeMap<String, byte[]> expected = null;
        KeptTexts.Result first = null;
        for (int partitions : new int[] {1, 7}) {
            KeptTexts kept = new KeptTexts(texts, folder.resolve("of" + partitions));
            KeptTexts.Result result = kept.pack(settings(0.1, 0.2), blend, partitions);
            TreeMap<String, byte[]> written = kept.written();
            if (expected != null) {
                assertThat(result).isEqualTo(first);
                assertThat(written.keySet()).isEqualTo(expected.keySet());
                for (String name : written.keySet()) {
                    assertThat(written.get(name)).as(name).isEqualTo(expected.get(name));
                }
            }
            assertThat(written).containsKeys("train/part-00001.parquet", "test/part-00000.parquet");
            expected = written;
            first = result;
        }
    }

    @Test
    void namesFractionsThatLeaveNothingAndASplitThatIsEmpty() {
        assertThatThrownBy(() -> settings(0.5, 0.5))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("prep.validation-fraction + prep.test-fraction = 1.0; legal: below 1, so that something is "
                        + "left to train on");
        assertThatThrownBy(() -> settings(0, 1)).hasMessageContaining("prep.test-fraction = 1.0; legal: at least 0");
        assertThatThrownBy(() -> new KeptTexts(List.of(Text.of(1, "A text")), folder).pack(settings(0, 1e-9), NATURAL))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("prep.test-fraction than 1.0E-9");
        assertThat(folder).isEmptyDirectory();
    }

    static List<Integer> closed(String text) {
        List<Integer> ids = new ArrayList<>();
        Arrays.stream(Tokenizers.named(Gpt2Tokenizer.NAME).encode(text)).forEach(ids::add);
        ids.add(END);
        return ids;
    }
}
