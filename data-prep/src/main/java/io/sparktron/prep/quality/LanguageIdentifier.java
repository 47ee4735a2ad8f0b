package io.sparktron.prep.quality;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds the language of texts. It looks at {@value #WINDOWS} windows of {@value #WINDOW} UTF-16 units at most, evenly spread over a longer text, so that its time has a bound.
 * In each window, naive Bayes over n-grams of 1 to 3 letters ({@link LanguageTable}) gives every alphabetic language a probability; where syllables prevail the script decides:
 * Hangul is Korean, kana Japanese, other Han Chinese. The language of the text is the one with most evidence in all windows, its score the mean probability
 * that the windows give it, by their letters. So a text of two languages has a low score. Not for use by several threads at once.
 */
final class LanguageIdentifier {
    private static final int WINDOW = 256;
    private static final int WINDOWS = 8;
    /** N-grams overlap, so each letter is evidence several times over; logarithms are divided by this for probabilities that mean something. */
    private static final double OVERLAP = 6;
    /** Fewer letters than this are no evidence. */
    private static final int FEWEST_LETTERS = 12;
    /** One Han character, kana or syllable of Hangul says as much as this many letters. */
    private static final int LETTERS_OF_SYLLABLE = 3;
    /** Japanese is written with more kana than this share; Chinese may quote some. */
    private static final double KANA = 0.1;

    /** Exponents below it are no probability worth the time. */
    private static final double SMALLEST = -20;

    private static final List<String> SYLLABIC = List.of("ja", "ko", "zh");
    private static final int ALPHABETIC = LanguageTable.CODES.size();
    private static final int LANGUAGES = ALPHABETIC + SYLLABIC.size();

    private final LanguageTable table = LanguageTable.get();
    private final int[] sums = new int[ALPHABETIC]; // evidence of a window
    private final long[] evidence = new long[LANGUAGES]; // of the text
    private final double[] probabilities = new double[LANGUAGES]; // of the windows, times their letters
    private final double[] likelihoods = new double[ALPHABETIC]; // of a window, that of the likeliest being 1
    private long alphabeticLetters;
    private long syllabicLetters;

    static Stream<String> codes() {
        return Stream.concat(LanguageTable.CODES.stream(), SYLLABIC.stream());
    }

    Language of(String text) {
        Arrays.fill(evidence, 0);
        Arrays.fill(probabilities, 0);
        alphabeticLetters = syllabicLetters = 0;
        int windows = (int) Math.min(WINDOWS, ((long) text.length() + WINDOW - 1) / WINDOW);
        for (int i = 0; i < windows; i++) {
            int from = text.length() <= WINDOWS * WINDOW
                    ? i * WINDOW
                    : (int) ((long) i * (text.length() - WINDOW) / (WINDOWS - 1));
            window(text, from, Math.min(text.length(), from + WINDOW));
        }
        long letters = alphabeticLetters + syllabicLetters;
        if (letters < FEWEST_LETTERS) {
            return Language.UNKNOWN;
        }
        int best = alphabeticLetters >= syllabicLetters ? largest(0, ALPHABETIC) : largest(ALPHABETIC, LANGUAGES);
        if (evidence[best] == 0) {
            return Language.UNKNOWN; // letters that no profile knows
        }
        String code = best < ALPHABETIC ? LanguageTable.CODES.get(best) : SYLLABIC.get(best - ALPHABETIC);
        return new Language(code, Math.min(1, probabilities[best] / letters));
    }

    private int largest(int from, int to) {
        int best = from;
        for (int i = from + 1; i < to; i++) {
            best = evidence[i] > evidence[best] ? i : best;
        }
        return best;
    }

    private void window(String text, int from, int to) {
        Arrays.fill(sums, 0);
        int letters = 0;
        int kana = 0;
        int hangul = 0;
        int han = 0;
        long before = LetterFold.SPACE; // the letters before in their word, or the space before it
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            char letter = LetterFold.of(c);
            if (letter == LetterFold.SPACE) {
                if (CharacterKinds.of(c) == CharacterKinds.IDEOGRAPH) {
                    boolean isKana = c >= '\u3040' && c <= '\u30FF';
                    kana += isKana ? 1 : 0;
                    han += isKana ? 0 : 1;
                }
                if (before != LetterFold.SPACE) {
                    score(before, letter);
                    before = LetterFold.SPACE;
                }
            } else if (c >= '\uAC00' && c <= '\uD7A3') {
                hangul++;
            } else {
                letters++;
                score(before, letter);
                table.add(letter, sums);
                before = LanguageProfile.with(before, letter) & LanguageProfile.LAST_TWO;
            }
        }
        if (before != LetterFold.SPACE) {
            score(before, LetterFold.SPACE);
        }
        int syllables = LETTERS_OF_SYLLABLE * (kana + hangul + han);
        if (syllables > letters) {
            syllabic(syllables, kana, hangul, han);
        } else {
            alphabetic(letters);
        }
    }

    /** The 2-gram and the 3-gram that end with {@code letter}. */
    private void score(long before, char letter) {
        table.add(LanguageProfile.with(before & LanguageProfile.LAST, letter), sums);
        if (before > LanguageProfile.LAST) {
            table.add(LanguageProfile.with(before, letter), sums);
        }
    }

    private void syllabic(int weight, int kana, int hangul, int han) {
        int language = hangul > kana + han ? 1 : kana > KANA * (kana + han) ? 0 : 2;
        syllabicLetters += weight;
        evidence[ALPHABETIC + language] += weight;
        probabilities[ALPHABETIC + language] += weight;
    }

    private void alphabetic(int letters) {
        alphabeticLetters += letters;
        int most = 0;
        for (int i = 0; i < ALPHABETIC; i++) {
            evidence[i] += sums[i];
            most = Math.max(most, sums[i]);
        }
        double all = 0;
        for (int i = 0; i < ALPHABETIC; i++) {
            likelihoods[i] = likelihood(sums[i] - most);
            all += likelihoods[i];
        }
        for (int i = 0; i < ALPHABETIC; i++) {
            probabilities[i] += letters * likelihoods[i] / all;
        }
    }

    private static double likelihood(int difference) {
        double exponent = difference / (LanguageTable.STEPS * OVERLAP);
        return exponent < SMALLEST ? 0 : StrictMath.exp(exponent); // of equal bits on every JVM
    }
}
