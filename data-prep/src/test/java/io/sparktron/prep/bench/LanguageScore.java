package io.sparktron.prep.bench;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Accuracy of the languages found, by the language of the folder. A folder of translations holds pages that nobody translated, and pages half done:
 * by how much of a page's word 5-grams stand in the English page of the same name, it counts as untranslated (half or more), mixed (a twentieth or
 * more) or translated, and only translated pages and the English ones count as labelled.
 */
final class LanguageScore {
    private static final int GRAM = 5;
    private static final double UNTRANSLATED = 0.5;
    private static final double MIXED = 0.05;
    /** Words that a document must have: less says little in any language. */
    private static final int SHORTEST = 30;

    private final Map<String, Tally> languages = new TreeMap<>();
    private final Map<String, Tally> others = new TreeMap<>();

    LanguageScore(List<BenchDocument> documents) {
        Map<String, Set<Long>> english = new HashMap<>();
        for (BenchDocument document : documents) {
            if (document.found() != null && document.language().equals("en")) {
                english.put(document.work(), set(document));
            }
        }
        for (BenchDocument document : documents) {
            if (document.found() != null && document.shingles(1).length >= SHORTEST) {
                count(document, english.getOrDefault(document.work(), Set.of()));
            }
        }
    }

    private void count(BenchDocument document, Set<Long> english) {
        String language = document.language();
        Set<Long> own = set(document);
        double shared = (double) own.stream().filter(english::contains).count() / own.size();
        if (language.equals("en") || shared < MIXED) {
            languages.computeIfAbsent(language, key -> new Tally()).add(document);
        } else {
            others.computeIfAbsent(shared >= UNTRANSLATED ? "untranslated" : "mixed", key -> new Tally())
                    .add(document);
        }
    }

    void print(PrintStream out) {
        long right = languages.entrySet().stream()
                .mapToLong(e -> e.getValue().count(e.getKey()))
                .sum();
        long all = languages.values().stream().mapToLong(Tally::all).sum();
        long kept = languages.getOrDefault("en", new Tally()).count("en");
        long english = languages.getOrDefault("en", new Tally()).all();
        long taken = languages.values().stream()
                        .mapToLong(tally -> tally.count("en"))
                        .sum()
                - kept;
        out.printf("language: %d of %d right, accuracy %.4f%n", right, all, (double) right / all);
        out.printf(
                "language filter for en: %d of %d English kept, %d of %d others taken for English%n",
                kept, english, taken, all - english);
        languages.forEach((language, tally) ->
                out.printf("  %s: %d of %d right %s%n", language, tally.count(language), tally.all(), tally));
        others.forEach((what, tally) -> out.printf("  set apart as %s: %d %s%n", what, tally.all(), tally));
    }

    private static Set<Long> set(BenchDocument document) {
        Set<Long> set = new HashSet<>();
        for (long hash : document.shingles(GRAM)) {
            set.add(hash);
        }
        return set;
    }

    private static final class Tally {
        private final Map<String, Long> found = new TreeMap<>();

        void add(BenchDocument document) {
            found.merge(document.found(), 1L, Long::sum);
        }

        long all() {
            return found.values().stream().mapToLong(Long::longValue).sum();
        }

        long count(String language) {
            return found.getOrDefault(language, 0L);
        }

        @Override
        public String toString() {
            return found.toString();
        }
    }
}
