package io.sparktron.kernels.host;

import static io.sparktron.kernels.host.VectorAccess.INTS;
import static io.sparktron.kernels.host.VectorAccess.SPECIES;

import io.sparktron.kernels.Dropout;
import io.sparktron.random.Philox;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The factors of one row under {@link Dropout}: 0 where an element is dropped, else the scale. Philox runs in every lane, a block of four words per lane; a row is
 * drawn to the end of its last vector of blocks, so there is no remainder and no bit depends on the vector width.
 *
 * <p>No vector operation gives the high half of a product of 32-bit numbers, so it is put together from products of their 16-bit halves. Words are compared
 * and put in order in loops of their own: all in one was too long for the compiler and three times slower.
 */
final class DropoutMask {
    private static final int LANES = INTS.length();
    private static final int HALF = 16;

    // Constants by lane: made once, for the sake of the compiler's inlining budget.
    private static final IntVector LANE_NUMBERS = IntVector.zero(INTS).addIndex(1);
    private static final IntVector LOW_HALVES = IntVector.broadcast(INTS, 0xFFFF);
    private static final IntVector MULTIPLIERS_0 = IntVector.broadcast(INTS, Philox.MULTIPLIER_0);
    private static final IntVector LOW_0 = IntVector.broadcast(INTS, Philox.MULTIPLIER_0 & 0xFFFF);
    private static final IntVector HIGH_0 = IntVector.broadcast(INTS, Philox.MULTIPLIER_0 >>> HALF);
    private static final IntVector MULTIPLIERS_2 = IntVector.broadcast(INTS, Philox.MULTIPLIER_2);
    private static final IntVector LOW_2 = IntVector.broadcast(INTS, Philox.MULTIPLIER_2 & 0xFFFF);
    private static final IntVector HIGH_2 = IntVector.broadcast(INTS, Philox.MULTIPLIER_2 >>> HALF);

    private final int[] key0 = new int[Philox.ROUNDS];
    private final int[] key1 = new int[Philox.ROUNDS];
    private final int site;
    private final IntVector thresholds;
    private final IntVector scales; // bits of the float
    private final int blocks; // of a row
    private final int[] words; // of LANES blocks after the other: all their words 0, all their words 1 ...
    private final float[] factors; // by column

    /**
     * @param columns of a row
     */
    DropoutMask(Dropout dropout, int columns) {
        for (int round = 0; round < Philox.ROUNDS; round++) {
            key0[round] = (int) dropout.seed() + round * Philox.WEYL_0;
            key1[round] = (int) (dropout.seed() >>> Integer.SIZE) + round * Philox.WEYL_1;
        }
        this.site = dropout.site();
        this.thresholds = IntVector.broadcast(INTS, (int) dropout.threshold());
        this.scales = IntVector.broadcast(INTS, Float.floatToRawIntBits(dropout.scale()));
        this.blocks = (int) (Dropout.paddedRow(columns) / Philox.WORDS);
        this.words = new int[(blocks + LANES - 1) / LANES * LANES * Philox.WORDS];
        this.factors = new float[words.length];
    }

    /** The factors of the {@code SPECIES.length()} columns from {@code column} on. */
    FloatVector load(int column) {
        return FloatVector.fromArray(SPECIES, factors, column);
    }

    /** The factor of one column. */
    float get(int column) {
        return factors[column];
    }

    /**
     * Draws a row.
     *
     * @param position of the sample in the run
     * @param row of the sample's elements
     */
    void draw(long position, long row) {
        draw(position, row, blocks * Philox.WORDS);
    }

    /** Draws the first {@code columns} of a row; the others are undefined. */
    void draw(long position, long row, int columns) {
        int first = (int) (row * blocks);
        int used = (columns + Philox.WORDS - 1) / Philox.WORDS;
        for (int block = 0; block < used; block += LANES) {
            drawWords(position, first + block, block * Philox.WORDS);
        }
        int whole = (used + LANES - 1) / LANES * LANES;
        select(whole);
        weave(whole);
    }

    /** {@code y = x mask} for the columns of a row, {@code y} may be {@code x}. */
    void apply(Floats x, int xAt, Floats y, int yAt, int columns) {
        int whole = columns - columns % SPECIES.length();
        for (int j = 0; j < whole; j += SPECIES.length()) {
            y.store(yAt + j, x.load(xAt + j).mul(load(j)));
        }
        for (int j = whole; j < columns; j++) {
            y.set(yAt + j, x.get(xAt + j) * get(j));
        }
    }

    /** {@code out = residual + (x + bias) mask} for a row that begins at {@code at}. */
    void addUnder(Floats x, Floats bias, Floats residual, Floats out, int at, int columns) {
        int whole = columns - columns % SPECIES.length();
        for (int j = 0; j < whole; j += SPECIES.length()) {
            FloatVector branch = x.load(at + j).add(bias.load(j)).mul(load(j));
            out.store(at + j, residual.load(at + j).add(branch));
        }
        for (int j = whole; j < columns; j++) {
            out.set(at + j, residual.get(at + j) + (x.get(at + j) + bias.get(j)) * get(j));
        }
    }

    /** The words of {@code LANES} blocks from counter word {@code first} on. */
    private void drawWords(long position, int first, int at) {
        IntVector c0 = LANE_NUMBERS.add(first);
        IntVector c1 = IntVector.broadcast(INTS, site);
        IntVector c2 = IntVector.broadcast(INTS, (int) position);
        IntVector c3 = IntVector.broadcast(INTS, (int) (position >>> Integer.SIZE));
        for (int round = 0; round < Philox.ROUNDS; round++) {
            IntVector high0 = high(c0, LOW_0, HIGH_0);
            IntVector high2 = high(c2, LOW_2, HIGH_2);
            IntVector low0 = c0.mul(MULTIPLIERS_0);
            IntVector low2 = c2.mul(MULTIPLIERS_2);
            c0 = high2.lanewise(VectorOperators.XOR, c1).lanewise(VectorOperators.XOR, key0[round]);
            c1 = low2;
            c2 = high0.lanewise(VectorOperators.XOR, c3).lanewise(VectorOperators.XOR, key1[round]);
            c3 = low0;
        }
        c0.intoArray(words, at);
        c1.intoArray(words, at + LANES);
        c2.intoArray(words, at + 2 * LANES);
        c3.intoArray(words, at + 3 * LANES);
    }

    /** The high half of the product with a constant of two 16-bit halves; no sum here exceeds 32 bits. */
    private static IntVector high(IntVector x, IntVector constantLow, IntVector constantHigh) {
        IntVector low = x.and(LOW_HALVES);
        IntVector high = x.lanewise(VectorOperators.LSHR, HALF);
        IntVector carry = low.mul(constantLow).lanewise(VectorOperators.LSHR, HALF);
        IntVector middle = high.mul(constantLow).add(carry);
        IntVector other = low.mul(constantHigh).add(middle.and(LOW_HALVES));
        return high.mul(constantHigh)
                .add(middle.lanewise(VectorOperators.LSHR, HALF))
                .add(other.lanewise(VectorOperators.LSHR, HALF));
    }

    /** Words become the bits of their factors, in place. */
    private void select(int used) {
        int[] all = words;
        for (int at = 0; at < used * Philox.WORDS; at += LANES) {
            IntVector drawn = IntVector.fromArray(INTS, all, at);
            IntVector inverse = drawn.not();
            // The sign of the borrow of drawn - threshold, unsigned: set where the word is below (Warren, Hacker's
            // Delight, 2-13).
            IntVector borrow = inverse.and(thresholds).or(inverse.or(thresholds).and(drawn.sub(thresholds)));
            IntVector dropped = borrow.lanewise(VectorOperators.ASHR, Integer.SIZE - 1);
            scales.and(dropped.not()).intoArray(all, at);
        }
    }

    /** Factors in the order of the columns. */
    private void weave(int used) {
        int[] bits = words;
        float[] woven = factors;
        for (int at = 0; at < used * Philox.WORDS; at += LANES * Philox.WORDS) {
            for (int lane = 0; lane < LANES; lane++) {
                int column = at + lane * Philox.WORDS;
                woven[column] = Float.intBitsToFloat(bits[at + lane]);
                woven[column + 1] = Float.intBitsToFloat(bits[at + LANES + lane]);
                woven[column + 2] = Float.intBitsToFloat(bits[at + 2 * LANES + lane]);
                woven[column + 3] = Float.intBitsToFloat(bits[at + 3 * LANES + lane]);
            }
        }
    }
}
