package io.sparktron.prep.planted;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Jaccard similarity of two texts over their sets of word n-grams, by sets of strings. */
public final class ExactJaccard {
    /** An ideograph, or a run of other letters and digits with the marks on them. */
    private static final Pattern WORD = Pattern.compile(
            "\\p{IsIdeographic}|[\\p{L}\\p{Nd}&&\\P{IsIdeographic}][\\p{L}\\p{Nd}\\p{Mn}\\p{Mc}&&\\P{IsIdeographic}]*");

    private ExactJaccard() {}

    /** In lower case, by way of the upper case, character by character. */
    public static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (Matcher word = WORD.matcher(text); word.find(); ) {
            words.add(word.group()
                    .codePoints()
                    .map(c -> Character.toLowerCase(Character.toUpperCase(c)))
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString());
        }
        return words;
    }

    /** 64-bit hashes of {@link #shingles}, sorted and distinct; two shingles in 10^7 collide with a probability of 3 in 10^6. */
    public static long[] hashes(String text, int n) {
        return shingles(text, n).stream()
                .mapToLong(ExactJaccard::hash)
                .sorted()
                .distinct()
                .toArray();
    }

    /** FNV-1a over the characters, and the finalizer of SplitMix64. */
    private static long hash(String shingle) {
        long hash = 0xCBF29CE484222325L;
        for (int i = 0; i < shingle.length(); i++) {
            hash = (hash ^ shingle.charAt(i)) * 0x100000001B3L;
        }
        hash = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
        hash = (hash ^ (hash >>> 27)) * 0x94D049BB133111EBL;
        return hash ^ (hash >>> 31);
    }

    /** The distinct n-grams; a text of fewer words has one, of all its words. */
    public static Set<String> shingles(String text, int n) {
        List<String> words = words(text);
        Set<String> shingles = new HashSet<>();
        for (int i = 0; i + n <= words.size(); i++) {
            shingles.add(String.join(" ", words.subList(i, i + n)));
        }
        if (shingles.isEmpty() && !words.isEmpty()) {
            shingles.add(String.join(" ", words));
        }
        return shingles;
    }

    public static double of(String one, String other, int n) {
        return of(shingles(one, n), shingles(other, n));
    }

    /** |A and B| / |A or B|; 0 of two empty sets, for they share nothing. */
    public static double of(Set<String> one, Set<String> other) {
        long shared = one.stream().filter(other::contains).count();
        long union = one.size() + other.size() - shared;
        return union == 0 ? 0 : (double) shared / union;
    }
}
