package io.sparktron.prep.duplicates;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ShinglesTest {
    @Test
    void shinglesAreRunsOfFoldedWords() {
        assertThat(size("one two three four five six", 5)).isEqualTo(2);
        assertSame("One, TWO -- three\n\tfour; five.", "one two three four five", 5);
        assertDifferent("one two three four five", "two one three four five", 5);
        assertDifferent("ab c d e f", "a bc d e f", 5);
        assertThat(size("a b a b a b a b", 2)).as("distinct").isEqualTo(2);
    }

    @Test
    void aShortTextHasOneShingle() {
        assertThat(size("four words are few", 5)).isEqualTo(1);
        assertSame("four words are few", "Four words are FEW!", 5);
        assertDifferent("four words are few", "few are words four", 5);
        assertThat(size("word", 5)).isEqualTo(1);
        assertThat(size(" -- ... \n", 5)).isZero();
        assertThat(size("", 5)).isZero();
        assertThat(set("", 5).jaccard(set("", 5)))
                .as("two empty sets are not similar")
                .isZero();
    }

    @Test
    void foldsBeyondAscii() {
        assertSame("STRASSE ÄÖÜ ΣΊΣΥΦΟΣ Привет", "strasse äöü σίσυφος привет", 2);
        assertSame("𐐀𐐁 𐐂", "𐐨𐐩 𐐪", 1); // Deseret: surrogate pairs with case
        assertThat(size("x1 ２３ ٤", 1)).as("digits of any script").isEqualTo(3);
        assertThat(size("e\u0301a x", 1)).as("a mark belongs to its letter").isEqualTo(2);
        assertThat(size("\u0301 x", 1)).as("a mark alone separates").isEqualTo(1);
        assertThat(size("我们今天 go 家", 1)).as("each ideograph is a word").isEqualTo(6);
        assertSame("你好，世界", "你 好 世 界", 3);
    }

    @Test
    void theTableOfTheBasicPlaneHoldsEveryFold() {
        for (int c = 0; c <= Character.MAX_VALUE; c++) {
            assertThat(FoldedCharacters.fold(c)).isEqualTo(FoldedCharacters.folded(c));
        }
    }

    @Test
    void shinglesOfCharactersSeeOneSpaceBetweenWords() {
        Shingles three = new Shingles(ShingleUnit.CHARACTERS, 3);
        assertThat(ShingleSet.of("abcd", three).size()).isEqualTo(2);
        assertThat(ShingleSet.of("a b", three).jaccard(ShingleSet.of(" A -\n b. ", three)))
                .isEqualTo(1);
        assertThat(ShingleSet.of("ab", three).jaccard(ShingleSet.of("a b", three)))
                .isZero();
        assertThat(ShingleSet.of("xyz abc", three).size()).isEqualTo(5);
        assertThat(ShingleSet.of("...", three).size()).isZero();
    }

    @Test
    void theJaccardIndexIsThatOfSetsOfStrings() {
        Random random = new Random(7);
        Shingles shingles = new Shingles(ShingleUnit.WORDS, 3);
        for (int trial = 0; trial < 200; trial++) {
            List<String> a = words(random, random.nextInt(60), 4);
            List<String> b = new ArrayList<>(a);
            b.replaceAll(word -> random.nextInt(8) == 0 ? "y" + random.nextInt(4) : word);
            b.addAll(words(random, random.nextInt(5), 4));
            assertThat(ShingleSet.of(String.join(" ", a), shingles)
                            .jaccard(ShingleSet.of(String.join("  ", b), shingles)))
                    .isEqualTo(jaccard(strings(a, 3), strings(b, 3)));
        }
    }

    @Test
    void aLongTextIsHandedOverInBlocksAndHashesDoNotCollide() {
        List<String> words = words(new Random(3), 200_000, 500);
        ShingleSet set = set(String.join(" ", words), 5);
        assertThat(set.size()).isEqualTo(strings(words, 5).size());
        Map<Integer, Integer> top = new HashMap<>();
        new Shingles(ShingleUnit.WORDS, 5).walk(String.join(" ", words), (hashes, count) -> {
            for (int i = 0; i < count; i++) {
                top.merge((int) (hashes[i] >>> 60), 1, Integer::sum);
            }
        });
        // Each of 16 classes holds a binomial number: mean 12,500, standard deviation below 112.
        assertThat(top).hasSize(16);
        assertThat(top.values()).allSatisfy(count -> assertThat(count).isBetween(12_500 - 560, 12_500 + 560));
    }

    private static List<String> words(Random random, int count, int vocabulary) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            words.add("w" + random.nextInt(vocabulary));
        }
        return words;
    }

    private static Set<String> strings(List<String> words, int k) {
        Set<String> strings = new LinkedHashSet<>();
        for (int i = 0; i + k <= words.size(); i++) {
            strings.add(String.join(" ", words.subList(i, i + k)));
        }
        if (strings.isEmpty() && !words.isEmpty()) {
            strings.add(String.join(" ", words));
        }
        return strings;
    }

    private static double jaccard(Set<String> a, Set<String> b) {
        Set<String> shared = new LinkedHashSet<>(a);
        shared.retainAll(b);
        int union = a.size() + b.size() - shared.size();
        return union == 0 ? 0 : (double) shared.size() / union;
    }

    private static void assertSame(String a, String b, int k) {
        assertThat(set(a, k).jaccard(set(b, k))).isEqualTo(1);
    }

    private static void assertDifferent(String a, String b, int k) {
        assertThat(set(a, k).jaccard(set(b, k))).isZero();
    }

    private static int size(String text, int k) {
        return set(text, k).size();
    }

    private static ShingleSet set(String text, int k) {
        return ShingleSet.of(text, new Shingles(ShingleUnit.WORDS, k));
    }
}
