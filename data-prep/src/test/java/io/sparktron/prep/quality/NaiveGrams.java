package io.sparktron.prep.quality;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The measures of n-grams from lists of words, with a bit for each word that counts. */
final class NaiveGrams {
    private NaiveGrams() {}

    static double top(String[] words, int n) {
        Map<List<String>, Integer> counts = new HashMap<>();
        Map<List<String>, BitSet> covered = new HashMap<>();
        for (int i = 0; i + n <= words.length; i++) {
            List<String> gram = Arrays.asList(words).subList(i, i + n);
            counts.merge(gram, 1, Integer::sum);
            covered.computeIfAbsent(gram, none -> new BitSet()).set(i, i + n);
        }
        int most = Math.max(
                2, counts.values().stream().mapToInt(count -> count).max().orElse(0));
        return counts.keySet().stream()
                .filter(gram -> counts.get(gram) == most)
                .mapToDouble(gram -> fraction(words, covered.get(gram)))
                .max()
                .orElse(0);
    }

    static double duplicate(String[] words, int n) {
        Set<List<String>> seen = new HashSet<>();
        BitSet covered = new BitSet();
        for (int i = 0; i + n <= words.length; i++) {
            if (!seen.add(Arrays.asList(words).subList(i, i + n))) {
                covered.set(i, i + n);
            }
        }
        return fraction(words, covered);
    }

    private static double fraction(String[] words, BitSet covered) {
        double all = Arrays.stream(words).mapToInt(String::length).sum();
        return covered.stream().map(i -> words[i].length()).sum() / all;
    }
}
