package io.sparktron.prep.planted;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Pairs at known similarity. A text of N + 4 distinct words in a row has N word 5-grams; another word in its place, at least 5 words from the
 * next such place and from both ends, takes 5 of them away and brings 5 new ones. So after m replacements
 *
 * <pre>J = (N - 5 m) / (N + 5 m)</pre>
 *
 * The replaced words are longer than what replaces them, so that the original is the longest of its family and survives.
 */
public final class PlantedDuplicates {
    private static final String EXACT = "exact-duplicate";
    private static final String NEAR = "near-duplicate";
    private static final int GRAM = 5;

    /** Similarity in hundredths, N and m that give exactly that. The threshold 0.7 is to be exceeded: a pair at it is none. */
    public enum Pair {
        J050(50, 300, 20),
        J060(60, 300, 15),
        J065(65, 330, 14),
        J070(70, 340, 12),
        J072(72, 430, 14),
        J080(80, 450, 10),
        J090(90, 475, 5);

        private final int hundredths;
        private final int grams;
        private final int replacements;

        Pair(int hundredths, int grams, int replacements) {
            this.hundredths = hundredths;
            this.grams = grams;
            this.replacements = replacements;
        }

        public double similarity() {
            return hundredths / 100.0;
        }

        public String original() {
            return "duplicates/" + name().toLowerCase(Locale.ROOT) + "-original.txt";
        }

        public String edited() {
            return "duplicates/" + name().toLowerCase(Locale.ROOT) + "-edited.txt";
        }

        private boolean isDuplicate() {
            return hundredths > 70;
        }
    }

    private PlantedDuplicates() {}

    static void plant(PlantedCorpus corpus, Passages passages) throws IOException {
        for (Pair pair : Pair.values()) {
            List<String> words = distinct(passages, pair.grams);
            corpus.file(Passages.text(words), Planted.kept(pair.original(), "original"));
            String what = "Jaccard " + pair.similarity() + " with " + pair.original();
            corpus.file(
                    Passages.text(replace(words, 0, pair.replacements)),
                    pair.isDuplicate()
                            ? Planted.duplicate(pair.edited(), what, NEAR, pair.original())
                            : Planted.kept(pair.edited(), what));
        }
        same(corpus, passages);
        chains(corpus, passages);
    }

    /** Similarity 1. */
    private static void same(PlantedCorpus corpus, Passages passages) throws IOException {
        String text = passages.text(300);
        String name = "duplicates/same-1.txt";
        corpus.file(text, Planted.kept(name, "the first of equal texts"));
        corpus.file(text, Planted.duplicate("duplicates/same-2.txt", "equal bytes", EXACT, name));
        corpus.file(
                text.toUpperCase(Locale.ROOT).replace("\n\n", "\r\n"),
                Planted.duplicate("duplicates/same-3.txt", "other case and line ends, and shorter", EXACT, name));
        List<String> round = passages.words(200);
        List<String> twice = new ArrayList<>(round);
        twice.addAll(round);
        List<String> thrice = new ArrayList<>(twice);
        thrice.addAll(round);
        corpus.file(
                Passages.text(twice),
                Planted.duplicate(
                        "duplicates/twice.txt",
                        "Jaccard 1 with another text: the same words two and three times",
                        NEAR,
                        "duplicates/thrice.txt"));
        corpus.file(Passages.text(thrice), Planted.kept("duplicates/thrice.txt", "the same words three times"));
    }

    /** a - b and b - c at 0.8, a - c at 350 / 550. */
    private static void chains(PlantedCorpus corpus, Passages passages) throws IOException {
        List<String> first = distinct(passages, 450);
        List<String> second = replace(first, 0, 10);
        List<String> third = replace(second, 10, 10);
        corpus.file(Passages.text(first), Planted.kept("duplicates/chain-a.txt", "longest at the end of a chain"));
        corpus.file(
                Passages.text(second),
                Planted.duplicate(
                        "duplicates/chain-b.txt", "0.8 to both its neighbours", NEAR, "duplicates/chain-a.txt"));
        corpus.file(
                Passages.text(third),
                Planted.kept("duplicates/chain-c.txt", "0.8 to a dropped document, 0.64 to its survivor"));

        List<String> middle = distinct(passages, 450);
        String centre = "duplicates/star-middle.txt";
        corpus.file(Passages.text(middle), Planted.kept(centre, "longest in the middle of a chain"));
        corpus.file(
                Passages.text(replace(middle, 0, 10)),
                Planted.duplicate("duplicates/star-a.txt", "0.8 to the middle", NEAR, centre));
        corpus.file(
                Passages.text(replace(middle, 10, 10)),
                Planted.duplicate("duplicates/star-c.txt", "0.8 to the middle", NEAR, centre));
    }

    /** The next words with so many n-grams, none of them twice. */
    private static List<String> distinct(Passages passages, int grams) {
        while (true) {
            List<String> words = passages.words(grams + GRAM - 1);
            if (ExactJaccard.shingles(String.join(" ", words), GRAM).size() == grams) {
                return words;
            }
        }
    }

    /**
     * Replaces words by short ones that occur nowhere else.
     *
     * @param from how many of the places with a long enough word are left out first
     */
    private static List<String> replace(List<String> words, int from, int count) {
        List<String> edited = new ArrayList<>(words);
        int places = 0;
        int last = 0;
        for (int i = GRAM; i < words.size() - GRAM && places < from + count; i++) {
            boolean replaced = words.get(i).startsWith("q") && words.get(i).length() == 3;
            if (i - last >= GRAM && (words.get(i).length() >= 5 || replaced)) {
                if (places >= from) {
                    edited.set(i, invented(places));
                }
                last = i;
                places++;
            }
        }
        if (places < from + count) {
            throw new IllegalStateException("only " + places + " places in " + words.size() + " words");
        }
        return edited;
    }

    /** A word of three letters that English has not. */
    private static String invented(int number) {
        return "q" + (char) ('a' + number / 13) + (char) ('m' + number % 13);
    }
}
