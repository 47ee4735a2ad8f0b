package io.sparktron.prep.clean;

import java.lang.Character.UnicodeScript;

/**
 * Whether signs that could be mojibake are improbable as real text.
 *
 * <p>The danger are accented capitals and letters before a closing mark, as in German {@code Spaß} or Portuguese capitals before a quote, which also
 * spell UTF-8. So what decides is what the sequence would become, and whether its marks can follow a letter:
 *
 * <ul>
 *   <li>C2, C3 (Latin-1: most of western Europe): any mark that does not {@link #CLOSERS close} a word; with one that does, only if the lead could not
 *       end a word in capitals: after a small letter, after no letter at all, inside a word, or beside another sequence.
 *   <li>C4, C5, and S and T with a comma below in C8 (Latin of central Europe; but a ring over A is a word and a unit): a mark that {@link #STRANGE never follows a letter}, or after a small
 *       letter, or before one where the sign before is no letter, or
 *       beside another sequence.
 *   <li>E2 (punctuation and symbols), E1 BA and E1 BB (Vietnamese): a strange mark among the two; Vietnamese also inside a word,
 *       or with an opening quote.
 *   <li>EF BB BF and EF BF BD, the marks of byte order and of replacement; F0 90, F0 9D, F0 9F (among them emoji).
 *   <li>Greek, Cyrillic, Armenian, Hebrew, Arabic, and all scripts of three bytes: two letters of the script in a row, or one beside a repaired one.
 *   <li>C6, CB: Vietnamese letters with horn; the three signs of Windows-1252 among them, right after a repaired sequence.
 *   <li>All others never.
 * </ul>
 */
final class MojibakeRule {
    /** Real text has them right after a letter. */
    private static final String CLOSERS =
            "\u00A0\u2018\u2019\u201C\u201D\u2026\u00BB\u00AB\u203A\u2039\u2013\u2014\u00B7\u2022\u2122\u00AE\u00B2\u00B3";
    /** Real text has them never right after a letter; and the control characters 80 ... 9F. */
    private static final String STRANGE =
            "\u20AC\u201A\u0192\u201E\u02C6\u2030\u0160\u0152\u017D\u02DC\u0161\u0153\u017E\u0178\u00A1\u00A2\u00A3\u00A4\u00A5\u00A6\u00A8"
                    + "\u00AC\u00AF\u00B4\u00B5\u00B6\u00B8\u00BC\u00BD\u00BE\u00BF";
    /** A letter in quotes or brackets may be what the text is about. */
    private static final String OPENERS = "\"'([{\u00AB\u2039\u2018\u201A\u201C\u201E";
    /** They open, and so do not follow a mark that closes. */
    private static final String QUOTES = "\u2018\u201C";
    /** O and U with horn, save the one whose mark is a space. */
    private static final String VIETNAMESE = "\u01A1\u01AF\u01B0";
    /** A letter may follow these without a space. */
    private static final String JOINERS = "\u2013\u2014\u2019\u00A0\u00B7\u2022";

    private MojibakeRule() {}

    /**
     * @param at where the sequence begins
     * @param end where it ends
     * @param decoded what it would become
     * @param touches whether a repaired sequence ends where it begins
     * @param follows whether a repaired letter of the same script is right before it
     */
    static boolean isImprobable(String text, int at, int end, int decoded, boolean touches, boolean follows) {
        return switch (text.charAt(at)) {
            case 0xC2 -> decoded >= 0xA0 && (touches || isWestern(text, at, end));
            case 0xC3 -> touches || isWestern(text, at, end);
            case 0xC4, 0xC5 -> touches || isCentral(text, at, end);
            case 0xC8 -> decoded >= 0x218 && decoded <= 0x21B && isCentral(text, at, end);
            case 0xC6, 0xCB -> VIETNAMESE.indexOf(decoded) >= 0 || touches && Mojibake.byteOf((char) decoded) >= 0;
            case 0xE2 -> isSymbol(decoded) ? hasStrange(text, at + 1, end) : isRun(text, end, decoded, follows);
            case 0xE1 ->
                decoded >= 0x1E80 && decoded <= 0x1EF9
                        ? hasStrange(text, end - 1, end)
                                || QUOTES.indexOf(text.charAt(end - 1)) >= 0
                                || letterAt(text, end)
                        : isRun(text, end, decoded, follows);
            case 0xEF -> decoded == 0xFEFF || decoded == 0xFFFD || isRun(text, end, decoded, follows);
            case 0xF0 -> Mojibake.byteOf(text.charAt(at + 1)) != 0xA0 && hasStrange(text, at + 1, end);
            default -> isRun(text, end, decoded, follows);
        };
    }

    private static boolean isWestern(String text, int at, int end) {
        char mark = text.charAt(at + 1);
        if (CLOSERS.indexOf(mark) < 0) {
            return true;
        }
        char before = at > 0 ? text.charAt(at - 1) : ' ';
        boolean ends = Character.isUpperCase(before) || OPENERS.indexOf(before) >= 0;
        return !ends || Mojibake.decode(text, end) >= 0 || JOINERS.indexOf(mark) < 0 && letterAt(text, end);
    }

    private static boolean isCentral(String text, int at, int end) {
        char mark = text.charAt(at + 1);
        if (Mojibake.decode(text, end) >= 0
                || isStrange(mark)
                || at > 0 && Character.isLowerCase(text.charAt(at - 1))) {
            return true;
        }
        boolean letterBefore = at > 0 && Character.isLetterOrDigit(text.charAt(at - 1));
        return !letterBefore
                && JOINERS.indexOf(mark) < 0
                && end < text.length()
                && Character.isLowerCase(text.charAt(end));
    }

    /** Of the blocks for punctuation, currency, letter-like symbols, arrows, mathematics, boxes and dingbats. */
    private static boolean isSymbol(int decoded) {
        return decoded >= 0x2000 && decoded < 0x2800;
    }

    private static boolean isRun(String text, int end, int decoded, boolean follows) {
        if (script(decoded) == UnicodeScript.UNKNOWN) {
            return false;
        }
        boolean wordOfOne = end < text.length() && text.charAt(end) == ' ';
        int next = Mojibake.decode(text, wordOfOne ? end + 1 : end);
        return follows || next >= 0 && sameScript(decoded, next);
    }

    static boolean sameScript(int one, int other) {
        return script(one) == script(other) && script(one) != UnicodeScript.UNKNOWN;
    }

    /** Of the scripts that are told by runs; the three of Japanese and their punctuation are one. */
    private static UnicodeScript script(int decoded) {
        boolean cjkMark = (decoded >= 0x3000 && decoded < 0x3040) || (decoded >= 0xFF00 && decoded < 0xFFF0);
        UnicodeScript script = cjkMark ? UnicodeScript.HAN : UnicodeScript.of(decoded);
        return switch (script) {
            case HIRAGANA, KATAKANA -> UnicodeScript.HAN;
            case LATIN, COMMON, INHERITED, SYRIAC, THAANA, NKO -> UnicodeScript.UNKNOWN;
            default -> script;
        };
    }

    private static boolean hasStrange(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (isStrange(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isStrange(char mark) {
        return (mark >= 0x80 && mark < 0xA0) || STRANGE.indexOf(mark) >= 0;
    }

    private static boolean letterAt(String text, int at) {
        return at < text.length() && Character.isLetter(text.charAt(at));
    }
}
