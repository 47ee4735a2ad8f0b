package io.sparktron.prep.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.prep.Corpus;
import io.sparktron.prep.pack.KeptTexts.Text;
import io.sparktron.tokenizer.Gpt2Tokenizer;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shares of sources, counted in the files. */
class BlendingTest {
    private static final List<String> SOURCES = List.of("web", "news", "wiki");

    @TempDir
    Path folder;

    private final List<Text> texts = new ArrayList<>();

    /** Of ten documents seven are of the web, two news and one of the wiki. */
    @BeforeEach
    void write() {
        Random random = new Random(6);
        for (int i = 0; i < 230; i++) {
            int source = i % 10 < 7 ? 0 : i % 10 < 9 ? 1 : 2;
            texts.add(new Text(i, source, i + ": " + Corpus.sentence(random, 4 + random.nextInt(60)), null, null));
        }
    }

    private static PackSettings settings(double validation) {
        return new PackSettings(3, 11, validation, Gpt2Tokenizer.NAME, 256, null);
    }

    private static BlendSettings blend(long tokens, Double... weights) {
        return new BlendSettings(SOURCES, List.of(weights), tokens);
    }

    @Test
    void reachesTheSharesAsNearAsWholeDocumentsAllow() throws IOException {
        KeptTexts kept = new KeptTexts(texts, folder);

        KeptTexts.Result result = kept.pack(settings(0.15), blend(0, 2.0, 3.0, 5.0));

        Map<Long, List<Integer>> places = places(kept.stream("train"), result);
        for (Text text : texts) {
            KeptTexts.Packed packed = result.documents().get(text.id());
            if ("validation".equals(packed.split())) {
                assertThat(packed.copies()).isEqualTo(1);
            } else {
                assertThat(places.getOrDefault(text.id(), List.of())).hasSize(packed.copies());
                assertThat(packed.rule()).isEqualTo(packed.copies() == 0 ? "blend" : null);
                assertThat(packed.split()).isEqualTo(packed.copies() == 0 ? null : "train");
            }
        }
        List<PackReport.Source> sources = result.report().sources();
        long all = sources.stream().mapToLong(PackReport.Source::tokens).sum();
        long longest = result.documents().values().stream()
                .mapToLong(KeptTexts.Packed::tokens)
                .max()
                .orElseThrow();
        for (int i = 0; i < 3; i++) {
            int source = i;
            PackReport.Source reported = sources.get(i);
            long written = texts.stream()
                    .filter(text -> text.source() == source)
                    .mapToLong(text ->
                            (long) places.getOrDefault(text.id(), List.of()).size()
                                    * PackedDatasetsTest.closed(text.text()).size())
                    .sum();
            assertThat(reported.writtenTokens()).as(reported.name()).isEqualTo(written);
            assertThat(reported.wantedShare()).isEqualTo(List.of(0.2, 0.3, 0.5).get(i));
            assertThat((double) written).isCloseTo(reported.wantedShare() * all, within(longest / 2.0 + 1));
            assertThat(reported.epochs()).isEqualTo((double) written / reported.tokens());
        }
        assertThat(sources.get(0).epochs()).isLessThan(0.5); // a part of the web
        assertThat(sources.get(2).epochs()).isGreaterThan(3); // the wiki more than three times
        PackReport.Split train = result.report().splits().get(0);
        assertThat(train.tokens())
                .isEqualTo(result.tokens("train"))
                .isEqualTo(kept.manifest("train").counts().tokens());
        assertThat(train.documents())
                .isEqualTo(result.documents().values().stream()
                        .filter(packed -> "train".equals(packed.split()))
                        .count());
    }

    @Test
    void copiesLieApartAndAPartIsSpreadOverTheStream() throws IOException {
        KeptTexts kept = new KeptTexts(texts, folder);

        KeptTexts.Result result = kept.pack(settings(0), blend(0, 2.0, 3.0, 5.0));

        List<Integer> stream = kept.stream("train");
        Map<Long, List<Integer>> places = places(stream, result);
        double[] distances = texts.stream()
                .map(text -> places.getOrDefault(text.id(), List.of()))
                .filter(of -> of.size() > 1)
                .mapToDouble(of -> Math.abs(of.get(1) - of.get(0)))
                .toArray();
        assertThat(distances).hasSizeGreaterThan(20);
        // Of two uniform places: a third of the length apart on average, with a deviation of 0.24 of it.
        assertThat(Arrays.stream(distances).average().orElseThrow() / stream.size())
                .isCloseTo(1 / 3.0, within(4 * 0.24 / Math.sqrt(distances.length)));
        double[] web = texts.stream()
                .filter(text -> text.source() == 0)
                .flatMap(text -> places.getOrDefault(text.id(), List.of()).stream())
                .mapToDouble(place -> place)
                .toArray();
        assertThat(Arrays.stream(web).average().orElseThrow() / stream.size())
                .isCloseTo(1 / 2.0, within(4 * 0.29 / Math.sqrt(web.length)));
    }

    @Test
    void takesAsManyTokensAsAreAskedFor() throws IOException {
        KeptTexts kept = new KeptTexts(texts, folder);

        KeptTexts.Result result = kept.pack(settings(0), blend(1000, 0.1, 0.1, 0.2));

        assertThat(result.report().splits().get(0).tokens()).isBetween(850L, 1150L);
        assertThat(result.report().sources())
                .extracting(PackReport.Source::wantedShare)
                .containsExactly(0.25, 0.25, 0.5);
        assertThat(result.documents().values().stream()
                        .mapToInt(KeptTexts.Packed::copies)
                        .max())
                .hasValue(1);
    }

    @Test
    void withoutWeightsEveryDocumentStandsOnce() throws IOException {
        KeptTexts.Result result = new KeptTexts(texts, folder).pack(settings(0), BlendSettings.natural(SOURCES));

        assertThat(result.documents().values()).allMatch(packed -> packed.copies() == 1);
        for (PackReport.Source source : result.report().sources()) {
            assertThat(source.writtenTokens()).isEqualTo(source.tokens()).isPositive();
            assertThat(source.wantedShare()).isEqualTo(source.reachedShare());
            assertThat(source.epochs()).isEqualTo(1);
        }
    }

    @Test
    void samplesOfCopiesForBertLieApartToo() throws IOException {
        List<Text> pairs = new ArrayList<>();
        for (Text text : texts.subList(0, 60)) {
            pairs.add(new Text(text.id(), text.source(), text.text() + " " + text.text(), null, null));
        }
        KeptTexts kept = new KeptTexts(pairs, folder);

        KeptTexts.Result result = kept.pack(
                new PackSettings(60, 11, 0, "wordpiece", 256, new BertSettings(80, null, true, 0.1)),
                blend(0, 1.0, 1.0, 4.0));

        PackReport.Split train = result.report().splits().get(0);
        List<Row> samples = kept.samples("train");
        assertThat(train.tokens()).isEqualTo(result.tokens("train"));
        assertThat((long) samples.size()).isEqualTo(train.samples());
        long inSamples = samples.stream()
                .mapToLong(sample -> sample.getList(1).size() - 3)
                .sum();
        assertThat(inSamples + train.tailTokens()).isEqualTo(train.tokens());
        Map<List<Integer>, Long> times = samples.stream()
                .collect(Collectors.groupingBy(sample -> sample.<Integer>getList(1), Collectors.counting()));
        int copies = result.documents().values().stream()
                .mapToInt(KeptTexts.Packed::copies)
                .max()
                .orElseThrow();
        assertThat(times.values()).contains((long) copies);
        assertThat(copies).isGreaterThan(2);
    }

    @Test
    void dividesTokensExactly() {
        assertThat(blend(0, 1.0, 1.0, 1.0).parts(100)).containsExactly(34, 33, 33);
        assertThat(blend(0, 1.0, 1.0, 1.0).parts(101)).containsExactly(34, 34, 33);
        assertThat(blend(0, 0.1, 0.2, 0.7).parts(1_000_000_000_003L))
                .containsExactly(100_000_000_000L, 200_000_000_001L, 700_000_000_002L);
        assertThat(blend(0, 1e-9, 1.0, 1e9).parts(7)).containsExactly(0, 0, 7);
    }

    @Test
    void namesWeightsThatCannotBe() {
        assertThatThrownBy(() -> blend(0, 1.0, 2.0))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage(
                        "prep.sources: weight = [1.0, 2.0]; legal: one for each of [web, news, wiki], or none at all");
        assertThatThrownBy(() -> blend(0, 1.0, 0.0, 1.0))
                .hasMessage("prep.sources[news].weight = 0.0; legal: a number above 0");
        assertThatThrownBy(() -> blend(-1, 1.0, 1.0, 1.0)).hasMessageContaining("prep.blend-tokens = -1");
        assertThatThrownBy(() -> new BlendSettings(SOURCES, List.of(), 5))
                .hasMessageContaining("prep.blend-tokens = 5");
        KeptTexts kept = new KeptTexts(texts, folder);
        assertThatThrownBy(() -> kept.pack(settings(0), blend(100_000_000, 1.0, 1.0, 1.0)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("prep.sources[web].weight = 1.0 would repeat its");
        texts.removeIf(text -> text.source() == 1);
        assertThatThrownBy(() -> kept.pack(settings(0), blend(0, 1.0, 1.0, 1.0)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("prep.sources[news].weight = 1.0, and the training split has no document");
        assertThat(folder).isEmptyDirectory();
    }

    /** Where each document begins in the stream, found by its ids; the tail is cut off the last one. */
    private Map<Long, List<Integer>> places(List<Integer> stream, KeptTexts.Result result) {
        Map<List<Integer>, Long> ids = new HashMap<>();
        texts.forEach(text -> ids.put(PackedDatasetsTest.closed(text.text()), text.id()));
        assertThat(result.report().splits().get(0).tailTokens()).isEqualTo(result.tokens("train") - stream.size());
        Map<Long, List<Integer>> places = new HashMap<>();
        int begin = 0;
        for (int i = 0; i < stream.size(); i++) {
            if (stream.get(i) == 50256) {
                places.computeIfAbsent(ids.get(stream.subList(begin, i + 1)), id -> new ArrayList<>())
                        .add(begin);
                begin = i + 1;
            }
        }
        List<Integer> rest = stream.subList(begin, stream.size());
        if (!rest.isEmpty() || result.report().splits().get(0).tailTokens() > 0) {
            List<Long> cut = ids.entrySet().stream()
                    .filter(entry -> entry.getKey()
                            .subList(0, Math.min(entry.getKey().size(), rest.size()))
                            .equals(rest))
                    .map(Map.Entry::getValue)
                    .filter(id -> places.getOrDefault(id, List.of()).size()
                            < result.documents().get(id).copies())
                    .toList();
            assertThat(cut).hasSize(1);
            places.computeIfAbsent(cut.get(0), id -> new ArrayList<>()).add(begin);
        }
        assertThat(places).doesNotContainKey(null);
        return places;
    }
}
