package io.sparktron.data;

import static io.sparktron.data.BertDatasets.CLS;
import static io.sparktron.data.BertDatasets.FIRST_ORDINARY;
import static io.sparktron.data.BertDatasets.MASK;
import static io.sparktron.data.BertDatasets.SEP;
import static io.sparktron.data.Datasets.HADOOP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.storage.BlockListener;
import io.sparktron.tokens.BertSample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BertMaskingTest {
    /** Standard deviations that a count may be off: beyond them lies 2e-9 of a normal distribution. */
    private static final double SIGMAS = 6;

    private final BertMasking masking = masking(7);

    @TempDir
    Path folder;

    @Test
    void masksFifteenPercentOfTheTokens() {
        for (int length : new int[] {7, 9, 10, 20, 128, 512}) {
            BertSample sample = plain(length);
            int wanted = Math.max(1, (int) Math.floor(0.15 * length + 0.5));
            for (long position = 0; position < 50; position++) {
                assertThat(masked(masking.mask(sample, position))).hasSize(wanted);
            }
        }
    }

    @Test
    void eightOfTenBecomeMaskOneAnotherTokenAndOneStays() {
        long masks = 0;
        long kept = 0;
        long all = 0;
        int[] drawn = new int[BertDatasets.VOCABULARY];
        BertSample sample = plain(512);
        for (long position = 0; position < 2000; position++) {
            BertSample masked = masking.mask(sample, position);
            for (int i : masked(masked)) {
                assertThat(masked.labels()[i]).isEqualTo(sample.tokens()[i]);
                int token = masked.tokens()[i];
                all++;
                masks += token == MASK ? 1 : 0;
                kept += token == sample.tokens()[i] ? 1 : 0;
                drawn[token] += token == MASK || token == sample.tokens()[i] ? 0 : 1;
            }
        }
        int ordinary = BertDatasets.VOCABULARY - 4; // all but [PAD], [CLS], [SEP] and [MASK]
        requireShare(masks, all, 0.8);
        requireShare(kept, all, 0.1 + 0.1 / ordinary); // the token drawn may be the old one
        assertThat(drawn[BertDatasets.PAD] + drawn[CLS] + drawn[SEP]).isZero();
        for (int id = FIRST_ORDINARY; id < drawn.length; id++) {
            int replaced = id;
            double own = Arrays.stream(sample.tokens())
                            .filter(token -> token == replaced)
                            .count()
                    / 509.0;
            requireShare(
                    drawn[id],
                    all,
                    0.1 / ordinary * (1 - own)); // its own replacement is not told from a token that stays
        }
    }

    @Test
    void masksWholeWords() {
        for (long number = 0; number < 500; number++) {
            BertSample sample = BertDatasets.sample(number);
            BertSample masked = masking.mask(sample, number);
            int[] tokens = sample.tokens();
            assertThat(masked(masked)).isNotEmpty();
            for (int i = 1; i < tokens.length; i++) {
                if (isOrdinary(tokens[i - 1]) && isOrdinary(tokens[i]) && BertDatasets.PIECES.continues(tokens[i])) {
                    assertThat(masked.labels()[i] < 0).isEqualTo(masked.labels()[i - 1] < 0);
                }
            }
        }
    }

    @Test
    void neverMasksSpecialTokensAndChangesNothingElse() {
        for (long number = 0; number < 500; number++) {
            BertSample sample = BertDatasets.sample(number);
            BertSample masked = masking.mask(sample, number);
            assertThat(masked.second()).isEqualTo(sample.second());
            assertThat(masked.swapped()).isEqualTo(sample.swapped());
            for (int i = 0; i < sample.tokens().length; i++) {
                if (masked.labels()[i] == BertSample.IGNORED) {
                    assertThat(masked.tokens()[i]).isEqualTo(sample.tokens()[i]);
                } else {
                    assertThat(isOrdinary(sample.tokens()[i])).isTrue();
                }
            }
        }
    }

    @Test
    void drawsTheLengthsOfNGramsWithWeightOneOverN() {
        PhiloxStream random = new PhiloxStream(3, PhiloxStream.MASKING, 5);
        long draws = 100_000;
        long[] counts = new long[BertMasking.LONGEST + 1];
        for (int i = 0; i < draws; i++) {
            counts[BertMasking.draw(BertMasking.LONGEST, random)]++;
        }
        for (int n = 1; n <= BertMasking.LONGEST; n++) {
            requireShare(counts[n], draws, (1.0 / n) / (1 + 1 / 2.0 + 1 / 3.0));
        }
        assertThat(IntStream.range(0, 100).map(i -> BertMasking.draw(1, random)))
                .containsOnly(1);
        assertThat(IntStream.range(0, 100).map(i -> BertMasking.draw(2, random)))
                .containsOnly(1, 2);
    }

    /** Of three tokens to mask, n = 3 is drawn for the first place with probability 2/11 wherever three words follow. */
    @Test
    void masksNGrams() {
        int words = 16;
        BertSample sample = plain(words + 4); // one word in B
        int consecutive = 0;
        int samples = 20_000;
        for (long position = 0; position < samples; position++) {
            List<Integer> masked = masked(masking.mask(sample, position));
            assertThat(masked).hasSize(3);
            consecutive += masked.get(2) - masked.get(0) == 2 ? 1 : 0;
        }
        double least = 2.0 / 11 * (words - 2) / (words + 1);
        assertThat((double) consecutive).isGreaterThan(samples * least - SIGMAS * Math.sqrt(samples * least));
    }

    @Test
    void nGramsStayInTheirSegment() {
        Words words = Words.of(
                new int[] {CLS, 5, 6, 7, SEP, 6, 8, SEP}, id -> id < FIRST_ORDINARY, BertDatasets.PIECES::continues);

        assertThat(words.starts()).containsExactly(1, 3, 5, 6);
        assertThat(words.ends()).containsExactly(3, 4, 6, 7);
        assertThat(IntStream.range(0, words.count()).map(words::segmentEnd)).containsExactly(2, 2, 4, 4);
    }

    /** One token is to be masked, but the shortest word has two. */
    @Test
    void masksTheShortestWordWhereNoneFits() {
        BertSample sample = new BertSample(new int[] {CLS, 5, 6, 9, SEP, 7, 12, SEP}, 5, false);
        for (long position = 0; position < 20; position++) {
            assertThat(masked(masking.mask(sample, position))).containsExactly(5, 6);
        }
    }

    @Test
    void leavesASampleWithoutWordsAsItIs() {
        BertSample masked = masking.mask(new BertSample(new int[] {CLS, SEP, SEP}, 2, false), 0);

        assertThat(masked.tokens()).containsExactly(CLS, SEP, SEP);
        assertThat(masked.labels()).containsOnly(BertSample.IGNORED);
    }

    @Test
    void anotherPositionOrSeedIsAnotherMask() {
        BertSample sample = plain(512);
        List<Integer> first = masked(masking.mask(sample, 1));

        assertThat(masked(masking(7).mask(sample, 1))).isEqualTo(first);
        assertThat(masked(masking.mask(sample, 2))).isNotEqualTo(first);
        assertThat(masked(masking.mask(sample, 1 + (1L << 32)))).isNotEqualTo(first);
        assertThat(masked(masking(8).mask(sample, 1))).isNotEqualTo(first);
    }

    @Test
    void theMaskIsThatOfThePositionWhateverTheBatchAndAnotherInEachEpoch() {
        TokenDataset dataset = BertDatasets.write(folder, 40);

        List<List<Integer>> twos = rows(dataset, 2);
        assertThat(rows(dataset, 5)).isEqualTo(twos);

        SampleOrder order = new SampleOrder(40, 256, 11);
        int same = 0;
        for (int position = 40; position < 80; position++) {
            same += twos.get(position).equals(twos.get((int) order.sample(position))) ? 1 : 0;
        }
        assertThat(same).isLessThan(20); // a sample of few words may be drawn the same mask twice
    }

    /** Labels of two epochs, by position. */
    private static List<List<Integer>> rows(TokenDataset dataset, int samples) {
        List<List<Integer>> rows = new ArrayList<>();
        SampleOrder order = new SampleOrder(dataset.samples(), 256, 11);
        try (BatchReader batches = new BatchReader(
                dataset, order, LongStream.range(0, 80).iterator(), samples, 3, HADOOP, BlockListener.NONE)) {
            for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
                for (int i = 0; i < batch.positions().length; i++) {
                    List<Integer> row = new ArrayList<>();
                    for (int j = 0; j < dataset.sequence(); j++) {
                        row.add(batch.bert().labels().getInt((i * dataset.sequence() + j) * Integer.BYTES));
                    }
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    private static BertMasking masking(long seed) {
        return new BertMasking(seed, BertDatasets.TOKENIZER, BertDatasets.PIECES);
    }

    /** Words of one piece; B has one word. */
    private static BertSample plain(int length) {
        int[] tokens = new int[length];
        Arrays.setAll(tokens, i -> FIRST_ORDINARY + i * 3 % 96); // never a multiple of 3
        tokens[0] = CLS;
        tokens[length - 3] = SEP;
        tokens[length - 1] = SEP;
        return new BertSample(tokens, length - 2, true);
    }

    private static boolean isOrdinary(int id) {
        return id >= FIRST_ORDINARY;
    }

    private static List<Integer> masked(BertSample sample) {
        return IntStream.range(0, sample.labels().length)
                .filter(i -> sample.labels()[i] != BertSample.IGNORED)
                .boxed()
                .toList();
    }

    private static void requireShare(long count, long of, double share) {
        assertThat((double) count).isCloseTo(of * share, within(SIGMAS * Math.sqrt(of * share * (1 - share))));
    }
}
