package io.sparktron.prep.clean;

import io.sparktron.prep.clean.Cleaning.Counted;
import java.util.List;
import java.util.Locale;

/**
 * The line rules of C4 (Raffel et al., 2020, section 2.2). A line stays if it has at least three words and none over 1,000 characters, ends in a mark that
 * ends a sentence (not in three dots), and names neither JavaScript nor the policies that pages are footed with. Beyond C4, the marks of other scripts
 * and closing quotes count. Blank lines part paragraphs and stay, but one in a row where a line between them goes.
 */
final class C4Lines {
    private static final int FEWEST_WORDS = 3;
    private static final int LONGEST_WORD = 1000;
    /** Latin, then CJK, Arabic, Devanagari and Ethiopic full stops, question and exclamation marks; then closing quotes. */
    private static final String ENDS =
            ".!?\"" + "\u3002\uFF01\uFF1F\u061F\u06D4\u0964\u0965\u1362" + "\u201D\u2019\u00BB\u300D\u300F";

    private static final List<String> PHRASES = List.of(
            "javascript",
            "terms of use",
            "privacy policy",
            "cookie policy",
            "uses cookies",
            "use of cookies",
            "use cookies");

    private C4Lines() {}

    static Counted keep(String text) {
        StringBuilder kept = new StringBuilder(text.length());
        int removed = 0;
        boolean first = true;
        int blanks = 0;
        boolean removedSince = false;
        for (int start = 0; start <= text.length(); ) {
            int end = text.indexOf('\n', start);
            end = end < 0 ? text.length() : end;
            String line = text.substring(start, end);
            if (line.isBlank()) {
                blanks++;
            } else if (stays(line.strip())) {
                int lines = first ? 0 : 1 + (removedSince ? Math.min(blanks, 1) : blanks);
                kept.append("\n".repeat(lines)).append(line);
                first = false;
                blanks = 0;
                removedSince = false;
            } else {
                removed++;
                removedSince = true;
            }
            start = end + 1;
        }
        return removed == 0 ? new Counted(text, 0) : new Counted(kept.toString().strip(), removed);
    }

    private static boolean stays(String line) {
        char last = line.charAt(line.length() - 1);
        if (ENDS.indexOf(last) < 0 || line.endsWith("...") || !hasWords(line)) {
            return false;
        }
        String lower = line.toLowerCase(Locale.ROOT);
        return PHRASES.stream().noneMatch(lower::contains);
    }

    /** Words are what white space parts; where a script writes without it, three ideographs of a run stand for as many words. */
    private static boolean hasWords(String line) {
        int words = 0;
        int wordStart = -1;
        int wide = 0;
        for (int i = 0; i <= line.length(); i++) {
            boolean inside = i < line.length() && !Character.isWhitespace(line.charAt(i));
            if (inside && wordStart < 0) {
                wordStart = i;
            } else if (!inside && wordStart >= 0) {
                words++;
                if (i - wordStart > LONGEST_WORD && wide < LONGEST_WORD / 2) {
                    return false;
                }
                wordStart = -1;
                wide = 0;
            }
            if (inside && Character.isIdeographic(line.charAt(i))) {
                wide++;
                words += wide == FEWEST_WORDS ? FEWEST_WORDS : 0;
            }
        }
        return words >= FEWEST_WORDS;
    }
}
