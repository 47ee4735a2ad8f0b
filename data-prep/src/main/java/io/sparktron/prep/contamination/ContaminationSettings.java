package io.sparktron.prep.contamination;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How evaluation texts are taken out of the corpus. The comment of each component gives its key on the command line; a value that is not legal is
 * an {@link InvalidInputException}.
 *
 * @param input {@code prep.decontaminate.input}: files, folders or globs with evaluation texts; none = nothing is done
 * @param ngram {@code prep.decontaminate.ngram}: words in a row that a document must share with an evaluation text to be a hit
 * @param shortest {@code prep.decontaminate.shortest}: an evaluation text of fewer words than {@code ngram} is searched as a whole if it has this many, else not at all
 * @param common {@code prep.decontaminate.common}: an n-gram that occurs in more documents than this is spared; 0 = none is
 * @param policy {@code prep.decontaminate.policy}: what becomes of a document with hits
 * @param window {@code prep.decontaminate.window}: code points on each side of a hit that are cut with it
 * @param shortestPiece {@code prep.decontaminate.shortest-piece}: a piece between cuts with fewer code points is dropped
 * @param mostPieces {@code prep.decontaminate.most-pieces}: a document of which more pieces would be left is dropped
 */
public record ContaminationSettings(
        List<String> input,
        int ngram,
        int shortest,
        int common,
        Policy policy,
        int window,
        int shortestPiece,
        int mostPieces)
        implements Serializable {
    /** No evaluation texts; else 13-grams, texts from 8 words on, n-grams in more than 10 documents spared; 200 code points, 10 pieces. */
    public static final ContaminationSettings DEFAULT =
            new ContaminationSettings(List.of(), 13, 8, 10, Policy.DROP, 200, 200, 10);

    private static final int LARGEST_WINDOW = 1 << 20;

    /** What becomes of a document with hits. */
    public enum Policy {
        /** It is dropped whole. */
        DROP,
        /** Hits and their surroundings are cut out, and what is left stays as pieces. */
        CUT;

        /** @throws InvalidInputException if there is none of that name */
        public static Policy named(String name) {
            for (Policy policy : values()) {
                if (policy.label().equals(name)) {
                    return policy;
                }
            }
            throw illegal("policy", name, "drop, cut");
        }

        /** What the configuration calls it. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ContaminationSettings {
        input = List.copyOf(input);
        if (input.stream().anyMatch(String::isBlank)) {
            throw illegal("input", input, "paths or globs, none of them blank");
        }
        require(ngram >= 1 && ngram <= NGrams.LONGEST, "ngram", ngram, "1 to " + NGrams.LONGEST);
        require(shortest >= 1 && shortest <= ngram, "shortest", shortest, "1 to prep.decontaminate.ngram = " + ngram);
        require(common >= 0, "common", common, "a whole number from 0 on");
        require(window >= 0 && window <= LARGEST_WINDOW, "window", window, "0 to " + LARGEST_WINDOW);
        require(
                shortestPiece >= 1 && shortestPiece <= LARGEST_WINDOW,
                "shortest-piece",
                shortestPiece,
                "1 to " + LARGEST_WINDOW);
        require(mostPieces >= 1, "most-pieces", mostPieces, "a whole number from 1 on");
    }

    /** Whether nothing is to be done. */
    public boolean isOff() {
        return input.isEmpty();
    }

    /** What changes the rows of {@link Suspects}. The texts behind {@code input} are a table of their own. */
    public Map<String, String> searchMap() {
        Map<String, String> map = new LinkedHashMap<>();
        map.put("off", Boolean.toString(isOff()));
        map.put("ngram", Integer.toString(ngram));
        map.put("shortest", Integer.toString(shortest));
        return map;
    }

    /** What changes the rows of {@link Contamination}. */
    public Map<String, String> asMap() {
        Map<String, String> map = searchMap();
        map.put("common", Integer.toString(common));
        map.put("policy", policy.label());
        map.put("window", Integer.toString(window));
        map.put("shortest-piece", Integer.toString(shortestPiece));
        map.put("most-pieces", Integer.toString(mostPieces));
        return map;
    }

    private static void require(boolean isLegal, String key, int value, String legal) {
        if (!isLegal) {
            throw illegal(key, value, legal);
        }
    }

    private static InvalidInputException illegal(String key, Object value, String legal) {
        return new InvalidInputException("prep.decontaminate." + key + " = " + value + "; legal: " + legal);
    }
}
