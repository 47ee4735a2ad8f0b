package io.sparktron.prep.pack;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Cuts a document into sentences by rule, the same on every Java runtime (the rules of {@link java.text.BreakIterator} change with its version). A sentence ends
 *
 * <ul>
 *   <li>at a blank line;
 *   <li>at a line end, unless a lower-case letter follows: the text was wrapped there;
 *   <li>after {@code . ! ? …}, with closing quotes and brackets, where white space follows, unless a lower-case letter comes next, or a full stop
 *       closes an initial (any capital but I), letters with stops between (U.S.) or a title (Mr., Dr.);
 *   <li>after the ideographic 。！？, with closing marks.
 * </ul>
 */
final class Sentences {
    private static final String TERMINATORS = ".!?\u2026";
    private static final String IDEOGRAPHIC = "\u3002\uFF01\uFF1F";
    private static final String CLOSERS = "\"')]}\u2019\u201D\u00BB\u300D\u300F\uFF09";
    private static final Set<String> TITLES = Set.of(
            "Mr", "Mrs", "Ms", "Messrs", "Dr", "Prof", "St", "Rev", "Hon", "Gen", "Col", "Maj", "Capt", "Lt", "Sgt",
            "Gov", "Sen", "Rep", "Jr", "Sr", "vs", "cf", "No", "Vol", "Fig", "Eq");

    private static final int LONGEST_ABBREVIATION = 15;

    private final String text;

    private Sentences(String text) {
        this.text = text;
    }

    /** The sentences in their order, without white space around them. */
    static List<String> of(String text) {
        return new Sentences(text).cut();
    }

    private List<String> cut() {
        List<String> sentences = new ArrayList<>();
        int start = 0;
        int at = 0;
        while (at < text.length()) {
            int end = endAt(at);
            if (end >= 0) {
                add(sentences, start, end);
                start = end;
            }
            at = Math.max(at + 1, end);
        }
        add(sentences, start, text.length());
        return sentences;
    }

    private void add(List<String> sentences, int start, int end) {
        String sentence = text.substring(start, end).strip();
        if (!sentence.isEmpty()) {
            sentences.add(sentence);
        }
    }

    /** Where a sentence ends whose last character, before any closing marks, stands at {@code at}; -1 if none does. */
    private int endAt(int at) {
        char c = text.charAt(at);
        if (c == '\n') {
            int next = afterWhiteSpace(at);
            boolean blankLine = text.substring(at + 1, next).indexOf('\n') >= 0;
            return blankLine || !continuesAt(next) ? next : -1;
        }
        if (IDEOGRAPHIC.indexOf(c) >= 0) {
            return afterAll(afterAll(at + 1, IDEOGRAPHIC), CLOSERS);
        }
        boolean lastTerminator = TERMINATORS.indexOf(c) >= 0 && afterAll(at + 1, TERMINATORS) == at + 1;
        if (!lastTerminator) {
            return -1;
        }
        int end = afterAll(at + 1, CLOSERS);
        boolean spaceFollows = end == text.length() || Character.isWhitespace(text.charAt(end));
        return spaceFollows && !continuesAt(afterWhiteSpace(end)) && !(c == '.' && closesAbbreviation(at)) ? end : -1;
    }

    private boolean continuesAt(int next) {
        return next < text.length() && Character.isLowerCase(text.codePointAt(next));
    }

    private int afterWhiteSpace(int at) {
        int next = at;
        while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
            next++;
        }
        return next;
    }

    private int afterAll(int at, String characters) {
        int next = at;
        while (next < text.length() && characters.indexOf(text.charAt(next)) >= 0) {
            next++;
        }
        return next;
    }

    /** Whether the full stop at {@code stop} belongs to the word before it. */
    private boolean closesAbbreviation(int stop) {
        int start = stop;
        while (start > 0 && (Character.isLetter(text.charAt(start - 1)) || text.charAt(start - 1) == '.')) {
            start--;
        }
        String word = text.substring(start, stop);
        if (word.length() == 1) {
            return Character.isUpperCase(word.charAt(0)) && !word.equals("I");
        }
        return TITLES.contains(word) || word.length() <= LONGEST_ABBREVIATION && word.matches("(\\p{L}\\.)+\\p{L}");
    }
}
