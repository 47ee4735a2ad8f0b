package io.sparktron.prep.contamination;

/**
 * What a word is: a run of letters or digits, whatever its case. In detail, by code point:
 *
 * <ul>
 *   <li>letters and digits of Unicode make words, folded to one case (upper, then lower, so that the Greek final sigma is a sigma);
 *   <li>an ideograph or a kana is a word alone, because Chinese and Japanese put no spaces between words: thirteen of them are about eight words;
 *   <li>combining marks and format characters (soft hyphen, joiners, byte order mark) neither end a word nor count in it, so a text cannot hide
 *       behind them; the zero width space ends a word;
 *   <li>everything else stands between words.
 * </ul>
 *
 * <p>GPT-3 removed punctuation and split at white space; there a dash without spaces makes one word of two, and a quote with another apostrophe
 * or hyphen is missed. Runs are cut at both, as in Megatron's own tool, at the price that "don't" counts as two words. Thai, Lao, Khmer and
 * Burmese have no spaces either; there a word is what stands between spaces, as in GPT-3.
 */
final class Words {
    /** Of a code point that stands between words. */
    static final int BETWEEN = 0;
    /** Of a code point that neither ends a word nor counts in it. */
    static final int IGNORED = -1;

    /** Set in the fold of a code point that is a word alone. */
    private static final int ALONE = 1 << 24;

    private static final int ZERO_WIDTH_SPACE = 0x200B;
    private static final int MARKS_AND_FORMATS = 1 << Character.NON_SPACING_MARK
            | 1 << Character.COMBINING_SPACING_MARK
            | 1 << Character.ENCLOSING_MARK
            | 1 << Character.FORMAT;

    private static final int[] ASCII = new int[128];

    static {
        for (int point = 0; point < ASCII.length; point++) {
            ASCII[point] = Character.isLetterOrDigit(point) ? Character.toLowerCase(point) : BETWEEN;
        }
    }

    private Words() {}

    /** Above 0: the code point counts in a word, as this number; else {@link #BETWEEN} or {@link #IGNORED}. */
    static int fold(int point) {
        return point < ASCII.length ? ASCII[point] : foldRare(point);
    }

    static boolean isAlone(int folded) {
        return folded >= ALONE;
    }

    private static int foldRare(int point) {
        if (Character.isIdeographic(point) || isKana(point)) {
            return point | ALONE;
        }
        if (Character.isLetterOrDigit(point)) {
            return Character.toLowerCase(Character.toUpperCase(point));
        }
        boolean ignored = (MARKS_AND_FORMATS >>> Character.getType(point) & 1) == 1 && point != ZERO_WIDTH_SPACE;
        return ignored ? IGNORED : BETWEEN;
    }

    /** Letters of the blocks Hiragana, Katakana, Katakana phonetic extensions, and half-width Katakana. */
    private static boolean isKana(int point) {
        return point >= 0x3041
                && (point <= 0x30FF || (point >= 0x31F0 && point <= 0x31FF) || (point >= 0xFF66 && point <= 0xFF9F))
                && Character.isLetter(point);
    }

    /** The words of a part of a text, folded, with one space between them. */
    static String folded(String text, int from, int to) {
        StringBuilder words = new StringBuilder(to - from);
        boolean open = false; // whether the last code point of the result may be continued
        int at = from;
        while (at < to) {
            int point = text.codePointAt(at);
            int folded = fold(point);
            if (folded > 0) {
                if ((!open || isAlone(folded)) && words.length() > 0) {
                    words.append(' ');
                }
                words.appendCodePoint(folded & ~ALONE);
                open = !isAlone(folded);
            } else if (folded == BETWEEN) {
                open = false;
            }
            at += Character.charCount(point);
        }
        return words.toString();
    }
}
