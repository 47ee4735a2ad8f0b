package io.sparktron.prep.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.tokenizer.WordPieceTokenizer;
import io.sparktron.tokenizer.WordPieceVocabulary;
import io.sparktron.tokens.BertSample;
import io.sparktron.tokens.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SentencePairsTest {
    private static final double SIGMAS = 6;
    private static final int CLS = 2;
    private static final int SEP = 3;
    private static final WordPieceVocabulary PIECES = pieces();

    @Test
    void aSampleIsConsecutiveTextInTwoSegments() {
        SentencePairs pairs = new SentencePairs(PIECES, true, 32, 0.1);
        Random random = new Random(1);
        for (int document = 0; document < 300; document++) {
            String text = text(random, 2 + random.nextInt(20), 12);
            int[] ids = new WordPieceTokenizer(PIECES, true).encode(text);
            SentencePairs.Made made = pairs.of(key(document), List.of(text));

            int at = 0;
            for (BertSample sample : made.samples()) {
                int[] tokens = sample.tokens();
                assertThat(tokens.length).isLessThanOrEqualTo(32);
                assertThat(tokens[0]).isEqualTo(CLS);
                assertThat(tokens[sample.second() - 1]).isEqualTo(SEP);
                assertThat(tokens[tokens.length - 1]).isEqualTo(SEP);
                int[] a = Arrays.copyOfRange(tokens, 1, sample.second() - 1);
                int[] b = Arrays.copyOfRange(tokens, sample.second(), tokens.length - 1);
                int[] inOrder = IntStream.concat(
                                Arrays.stream(sample.swapped() ? b : a), Arrays.stream(sample.swapped() ? a : b))
                        .toArray();
                assertThat(a).isNotEmpty();
                assertThat(b).isNotEmpty();
                assertThat(inOrder).isEqualTo(Arrays.copyOfRange(ids, at, at + inOrder.length));
                at += inOrder.length;
            }
            assertThat(made.tokens()).isEqualTo(ids.length);
            assertThat(made.unused()).isEqualTo(ids.length - at);
        }
    }

    /** Sentences of 4 tokens, 5 of which fill a sample of 20. */
    @Test
    void takesAsManySentencesAsFit() {
        SentencePairs pairs = new SentencePairs(PIECES, true, 23, 0);

        assertThat(lengths(pairs.of(key(1), List.of("A b c. ".repeat(15))))).containsExactly(20, 20, 20);
        assertThat(lengths(pairs.of(key(1), List.of("A b c. ".repeat(12))))).containsExactly(20, 20, 8);
        // One that would be left alone takes another from the sample before it.
        assertThat(lengths(pairs.of(key(1), List.of("A b c. ".repeat(11))))).containsExactly(20, 16, 8);
        // Or joins it, where a short target was drawn.
        assertThat(lengths(new SentencePairs(PIECES, true, 23, 1).of(key(1), List.of("A b c. ".repeat(3)))))
                .containsExactly(12);
    }

    @Test
    void aSentenceStaysAloneOnlyWhereItCannotDoOtherwise() {
        SentencePairs.Made made = new SentencePairs(PIECES, true, 13, 0).of(key(1), List.of("A b c d. ".repeat(3)));

        assertThat(lengths(made)).containsExactly(10); // two of five tokens fill it
        assertThat(made.unused()).isEqualTo(5);
        assertThat(new SentencePairs(PIECES, true, 13, 0)
                        .of(key(1), List.of("A b c d."))
                        .samples())
                .isEmpty();
        assertThat(new SentencePairs(PIECES, true, 13, 0)
                        .of(key(1), List.of(""))
                        .samples())
                .isEmpty();
    }

    @Test
    void cutsLongSentencesAtWords() {
        SentencePairs pairs = new SentencePairs(PIECES, true, 13, 0); // parts of at most 5
        SentencePairs.Made made =
                pairs.of(key(1), List.of("a bb ccc ".repeat(7).strip())); // 42 pieces in words of 1, 2, 3

        assertThat(made.unused()).isLessThanOrEqualTo(5);
        for (BertSample sample : made.samples()) {
            assertThat(PIECES.continues(sample.tokens()[1])).isFalse();
            assertThat(PIECES.continues(sample.tokens()[sample.second()])).isFalse();
        }
        // A word of more than a part is cut wherever it must be.
        SentencePairs.Made word = pairs.of(key(1), List.of("z".repeat(40)));
        assertThat(word.tokens() - word.unused()).isEqualTo(40);
    }

    @Test
    void drawsSwapsShortSamplesAndBorders() {
        SentencePairs pairs = new SentencePairs(PIECES, true, 23, 0.3);
        int samples = 4000;
        int swapped = 0;
        int full = 0;
        TreeSet<Integer> borders = new TreeSet<>();
        for (int i = 0; i < samples; i++) {
            BertSample first =
                    pairs.of(key(i), List.of("A b c. ".repeat(30))).samples().get(0);
            swapped += first.swapped() ? 1 : 0;
            full += first.tokens().length == 23 ? 1 : 0;
            borders.add(first.second());
        }
        requireShare(swapped, samples, 0.5);
        // Of the targets 2 ... 20 only 20 fills a sample.
        requireShare(full, samples, 0.7 + 0.3 / 19);
        assertThat(borders).contains(6, 10, 14, 18).allMatch(border -> border % 4 == 2);
    }

    @Test
    void dependsOnKeyAndTextAlone() {
        SentencePairs pairs = new SentencePairs(PIECES, true, 23, 0.5);
        String text = "A b c. ".repeat(60);

        assertThat(all(pairs.of(key(7), List.of(text)))).isEqualTo(all(pairs.of(key(7), List.of(text))));
        assertThat(all(pairs.of(key(7), List.of(text)))).isNotEqualTo(all(pairs.of(key(8), List.of(text))));
    }

    private static List<List<Integer>> all(SentencePairs.Made made) {
        List<List<Integer>> all = new ArrayList<>();
        made.samples()
                .forEach(
                        sample -> all.add(Arrays.stream(sample.tokens()).boxed().toList()));
        return all;
    }

    private static int[] lengths(SentencePairs.Made made) {
        return made.samples().stream()
                .mapToInt(sample -> sample.tokens().length - 3)
                .toArray();
    }

    /** Every letter, alone and as continuation. */
    private static WordPieceVocabulary pieces() {
        List<String> pieces = new ArrayList<>(WordPieceVocabulary.SPECIAL);
        pieces.add(".");
        for (char c = 'a'; c <= 'z'; c++) {
            pieces.add(String.valueOf(c));
            pieces.add("##" + c);
        }
        return WordPieceVocabulary.of(pieces);
    }

    private static String text(Random random, int sentences, int words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < sentences; i++) {
            for (int j = random.nextInt(words); j >= 0; j--) {
                for (int k = random.nextInt(4); k >= 0; k--) {
                    text.append((char) ('a' + random.nextInt(26)));
                }
                text.append(j == 0 ? ".\n\n" : " ");
            }
        }
        return text.toString();
    }

    private static byte[] key(int number) {
        return Sha256.of(Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    private static void requireShare(long count, long of, double share) {
        assertThat((double) count).isCloseTo(of * share, within(SIGMAS * Math.sqrt(of * share * (1 - share))));
    }
}
