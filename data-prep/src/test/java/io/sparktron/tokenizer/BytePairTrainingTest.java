package io.sparktron.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BytePairTrainingTest {
    /** The example of Sennrich et al. 2016; of pairs as frequent, the one with the older left token is first. */
    @Test
    void mergesTheMostFrequentPairFirst() {
        BytePairVocabulary vocabulary =
                BytePairTraining.train(Map.of("low", 5L, "lower", 2L, "newest", 6L, "widest", 3L), 1000);

        assertThat(merged(vocabulary))
                .containsExactly(
                        "es",
                        "est",
                        "lo",
                        "low", // 9, 9, 7, 7
                        "ew",
                        "ne" + "w",
                        "new" + "est", // 6 each: e before n, and est is older than ew
                        "dest",
                        "idest",
                        "widest", // 3 each
                        "er",
                        "lower"); // 2 each
    }

    @Test
    void stopsAtTheSizeThatIsAskedFor() {
        Map<String, Long> counts = counts(new Random(3), 2000);
        BytePairVocabulary large = BytePairTraining.train(counts, 700);
        BytePairVocabulary small = BytePairTraining.train(counts, 400);

        assertThat(large.size()).isEqualTo(700);
        assertThat(small.size()).isEqualTo(400);
        assertThat(small.endOfText()).isEqualTo(399);
        assertThat(merged(small)).hasSize(143).isEqualTo(merged(large).subList(0, 143));
        assertThat(BytePairTraining.train(counts, 257).merges()).isZero();
        assertThatThrownBy(() -> BytePairTraining.train(counts, 256))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("legal: at least 257");
    }

    @Test
    void dependsOnTheCountsAlone() {
        Map<String, Long> counts = counts(new Random(5), 1000);
        List<String> words = new ArrayList<>(counts.keySet());
        Collections.shuffle(words, new Random(6));
        Map<String, Long> shuffled = new LinkedHashMap<>();
        words.forEach(word -> shuffled.put(word, counts.get(word)));

        assertThat(merged(BytePairTraining.train(shuffled, 500)))
                .isEqualTo(merged(BytePairTraining.train(counts, 500)));
    }

    /** Against the obvious way, which counts all pairs anew before each merge. */
    @Test
    void mergesAsTheObviousWayDoes() {
        for (int seed = 0; seed < 5; seed++) {
            Map<String, Long> counts = counts(new Random(seed), 300);
            assertThat(merged(BytePairTraining.train(counts, 350))).isEqualTo(obvious(counts, 350 - 257));
        }
    }

    /** A word of the corpus becomes the token that training made of it. */
    @Test
    void itsEncoderRepeatsItsMerges() {
        Map<String, Long> counts = counts(new Random(8), 500);
        BytePairVocabulary vocabulary = BytePairTraining.train(counts, 20_000);
        BytePairTokenizer tokenizer = new BytePairTokenizer(vocabulary);

        assertThat(vocabulary.size()).isLessThan(20_000);
        for (Map.Entry<String, Long> word : counts.entrySet()) {
            int[] ids = tokenizer.encode(word.getKey());
            assertThat(tokenizer.decode(ids)).isEqualTo(word.getKey());
            if (word.getValue() > 1) { // all its pairs occur twice
                assertThat(ids).as(word.getKey()).hasSize(1);
            }
        }
    }

    @Test
    void bringsEveryTextBack() {
        BytePairTokenizer tokenizer = new BytePairTokenizer(BytePairTraining.train(counts(new Random(9), 500), 600));
        Random random = new Random(10);
        for (int round = 0; round < 2000; round++) {
            String text = new String(
                    RandomTexts.next(random, random.nextInt(100)).getBytes(StandardCharsets.UTF_8),
                    StandardCharsets.UTF_8); // a lone surrogate has no UTF-8
            assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
        }
        assertThat(tokenizer.decode(tokenizer.encode("\uD800x"))).isEqualTo("?x");
    }

    @Test
    void countsEveryWordButGiants() {
        assertThat(BytePairTraining.count("a bb  a bb" + "x".repeat(101) + " a"))
                .isEqualTo(Map.of("a", 1L, " bb", 1L, " ", 1L, " a", 2L));
        assertThat(BytePairTraining.count("x".repeat(100))).hasSize(1);
        assertThat(BytePairTraining.count("")).isEmpty();
    }

    private static List<String> merged(BytePairVocabulary vocabulary) {
        return IntStream.range(0, vocabulary.merges())
                .mapToObj(rank -> ByteAlphabet.spell(vocabulary.token(vocabulary.merged(rank))))
                .toList();
    }

    private static List<String> obvious(Map<String, Long> counts, int merges) {
        Map<String, Integer> age = new HashMap<>();
        ByteAlphabet.inOrder().forEach(one -> age.put(ByteAlphabet.spell(one), age.size()));
        Map<String, List<String>> words = new TreeMap<>();
        counts.keySet()
                .forEach(word -> words.put(
                        word,
                        new ArrayList<>(List.of(ByteAlphabet.spell(word.getBytes(StandardCharsets.UTF_8))
                                .split("")))));
        List<String> made = new ArrayList<>();
        while (made.size() < merges) {
            Map<List<String>, Long> pairs = new HashMap<>();
            words.forEach((word, parts) -> {
                for (int i = 0; i + 1 < parts.size(); i++) {
                    pairs.merge(List.copyOf(parts.subList(i, i + 2)), counts.get(word), Long::sum);
                }
            });
            List<String> best = null;
            for (List<String> pair : pairs.keySet()) {
                if (pairs.get(pair) > 1 && (best == null || isBefore(pair, best, pairs, age))) {
                    best = pair;
                }
            }
            if (best == null) {
                break;
            }
            String both = String.join("", best);
            if (age.putIfAbsent(both, age.size()) == null) {
                made.add(both);
            }
            for (List<String> parts : words.values()) {
                for (int i = 0; i + 1 < parts.size(); i++) {
                    if (parts.subList(i, i + 2).equals(best)) {
                        parts.set(i, both);
                        parts.remove(i + 1);
                    }
                }
            }
        }
        return made;
    }

    private static boolean isBefore(
            List<String> pair, List<String> other, Map<List<String>, Long> pairs, Map<String, Integer> age) {
        int order = Long.compare(pairs.get(other), pairs.get(pair));
        for (int i = 0; order == 0 && i < 2; i++) {
            order = Integer.compare(age.get(pair.get(i)), age.get(other.get(i)));
        }
        return order < 0;
    }

    private static Map<String, Long> counts(Random random, int words) {
        Map<String, Long> counts = new HashMap<>();
        for (int i = 0; i < words; i++) {
            StringBuilder word = new StringBuilder();
            int length = 1 + random.nextInt(8);
            for (int k = 0; k < length; k++) {
                word.appendCodePoint(random.nextInt(20) == 0 ? 0xE0 + random.nextInt(4) : 'a' + random.nextInt(6));
            }
            counts.merge(word.toString(), 1L + random.nextInt(30), Long::sum);
        }
        return counts;
    }
}
