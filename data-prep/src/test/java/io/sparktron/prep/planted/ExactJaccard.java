package io.sparktron.prep.planted;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Jaccard similarity of two texts over their sets of word n-grams, by sets of strings. */
public final class ExactJaccard {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{M}\\p{N}]+");

    private ExactJaccard() {}

    /** Runs of letters, marks and digits, in lower case. */
    public static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (Matcher word = WORD.matcher(text.toLowerCase(Locale.ROOT)); word.find(); ) {
            words.add(word.group());
        }
        return words;
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
