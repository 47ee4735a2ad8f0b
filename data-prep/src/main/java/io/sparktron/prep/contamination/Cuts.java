package io.sparktron.prep.contamination;

import java.util.ArrayList;
import java.util.List;

/**
 * Which parts of a text are removed, as GPT-3 did it: the hits, a window on each side of them, and what is left between them if it is too short.
 * Cuts are pairs {@code from, to} in UTF-16 units, ascending, apart from each other, on borders of code points.
 *
 * <p>A piece loses the white space at its ends, as a document does when it is cleaned. Each piece is a document of its own, as GPT-3 and
 * Megatron's tool have it: pieces joined would read as if one followed from the other.
 */
public final class Cuts {
    private Cuts() {}

    /**
     * What is left of a text, in order; no piece is empty.
     *
     * @param cuts of column {@code cuts}; null = nothing is left
     */
    public static List<String> apply(String text, List<Integer> cuts) {
        List<String> pieces = new ArrayList<>();
        if (cuts == null) {
            return pieces;
        }
        int at = 0;
        for (int i = 0; i < cuts.size(); i += 2) {
            int from = cuts.get(i);
            if (from > at) {
                pieces.add(text.substring(at, from));
            }
            at = cuts.get(i + 1);
        }
        if (at < text.length()) {
            pieces.add(text.substring(at));
        }
        return pieces;
    }

    /**
     * The cuts for some hits; null if nothing is left, or too many pieces.
     *
     * @param hits where n-grams stand that must go
     */
    static List<Integer> of(String text, Spans hits, ContaminationSettings settings) {
        Spans removed = new Spans();
        for (int i = 0; i < hits.size(); i++) {
            removed.add(before(text, hits.from(i), settings.window()), after(text, hits.to(i), settings.window()));
        }
        List<Integer> cuts = new ArrayList<>();
        int pieces = 0;
        int cutFrom = 0; // where the cut began that is open now
        int at = 0; // where the next piece begins, before white space
        for (int i = 0; i <= removed.size(); i++) {
            int pieceFrom = whiteSpaceEnd(text, at);
            int pieceTo = whiteSpaceStart(text, i < removed.size() ? removed.from(i) : text.length());
            if (pieceTo > pieceFrom && text.codePointCount(pieceFrom, pieceTo) >= settings.shortestPiece()) {
                pieces++;
                addCut(cuts, cutFrom, pieceFrom);
                cutFrom = pieceTo;
            }
            at = i < removed.size() ? removed.to(i) : text.length();
        }
        addCut(cuts, cutFrom, text.length());
        return pieces == 0 || pieces > settings.mostPieces() ? null : cuts;
    }

    private static void addCut(List<Integer> cuts, int from, int to) {
        if (to > from) {
            cuts.add(from);
            cuts.add(to);
        }
    }

    private static int before(String text, int at, int points) {
        int from = at;
        for (int i = 0; i < points && from > 0; i++) {
            from -= Character.charCount(text.codePointBefore(from));
        }
        return from;
    }

    private static int after(String text, int at, int points) {
        int to = at;
        for (int i = 0; i < points && to < text.length(); i++) {
            to += Character.charCount(text.codePointAt(to));
        }
        return to;
    }

    private static int whiteSpaceEnd(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int whiteSpaceStart(String text, int to) {
        int at = to;
        while (at > 0 && Character.isWhitespace(text.charAt(at - 1))) {
            at--;
        }
        return at;
    }
}
