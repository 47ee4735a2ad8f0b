package io.sparktron.kernels.host;

import static io.sparktron.kernels.host.VectorAccess.INTS;
import static io.sparktron.kernels.host.VectorAccess.SPECIES;

import io.sparktron.kernels.Dropout;
import io.sparktron.random.Philox;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * The factors of one row under {@link Dropout}: 0 where an element is dropped, else the scale. Philox runs in every lane, a block of four words per lane; a row is
 * drawn to the end of its last vector of blocks, so there is no remainder and no bit depends on the vector width.
 *
 * <p>No vector operation gives the high half of a product of 32-bit numbers, so it is put together from products of their 16-bit halves.
 */
final class DropoutMask {
    private static final int LANES = INTS.length();
    private static final int HALF = 16;
    private static final int LOW_HALF = 0xFFFF;

    private static final IntVector LANE_NUMBERS = IntVector.zero(INTS).addIndex(1);
    private static final IntVector ZEROS = IntVector.zero(INTS);

    /** Lane l of output vector o belongs to block {@code o LANES / 4 + l / 4} and to its word {@code l mod 4}. */
    private static final VectorShuffle<Integer> BLOCKS_0 = blocks(0);

    private static final VectorShuffle<Integer> BLOCKS_1 = blocks(1);
    private static final VectorShuffle<Integer> BLOCKS_2 = blocks(2);
    private static final VectorShuffle<Integer> BLOCKS_3 = blocks(3);
    private static final VectorMask<Integer> WORD_1 = word(1);
    private static final VectorMask<Integer> WORD_2 = word(2);
    private static final VectorMask<Integer> WORD_3 = word(3);

    private final int[] key0 = new int[Philox.ROUNDS];
    private final int[] key1 = new int[Philox.ROUNDS];
    private final int site;
    private final int threshold; // with its sign bit turned, so that signed order is that of unsigned numbers
    private final IntVector scale; // bits of the float
    private final int blocks; // of a row
    private final float[] factors;

    /**
     * @param columns of a row
     */
    DropoutMask(Dropout dropout, int columns) {
        for (int round = 0; round < Philox.ROUNDS; round++) {
            key0[round] = (int) dropout.seed() + round * Philox.WEYL_0;
            key1[round] = (int) (dropout.seed() >>> Integer.SIZE) + round * Philox.WEYL_1;
        }
        this.site = dropout.site();
        this.threshold = (int) dropout.threshold() ^ Integer.MIN_VALUE;
        this.scale = IntVector.broadcast(INTS, Float.floatToRawIntBits(dropout.scale()));
        this.blocks = (int) (Dropout.paddedRow(columns) / Philox.WORDS);
        this.factors = new float[(blocks + LANES - 1) / LANES * LANES * Philox.WORDS];
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
            drawBlocks(position, first + block, block * Philox.WORDS);
        }
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

    /** The factors of {@code LANES} blocks from counter word {@code first} on. */
    private void drawBlocks(long position, int first, int at) {
        IntVector c0 = LANE_NUMBERS.add(first);
        IntVector c1 = IntVector.broadcast(INTS, site);
        IntVector c2 = IntVector.broadcast(INTS, (int) position);
        IntVector c3 = IntVector.broadcast(INTS, (int) (position >>> Integer.SIZE));
        for (int round = 0; round < Philox.ROUNDS; round++) {
            IntVector high0 = high(c0, Philox.MULTIPLIER_0 & LOW_HALF, Philox.MULTIPLIER_0 >>> HALF);
            IntVector high2 = high(c2, Philox.MULTIPLIER_2 & LOW_HALF, Philox.MULTIPLIER_2 >>> HALF);
            IntVector low0 = c0.mul(Philox.MULTIPLIER_0);
            IntVector low2 = c2.mul(Philox.MULTIPLIER_2);
            c0 = high2.lanewise(VectorOperators.XOR, c1).lanewise(VectorOperators.XOR, key0[round]);
            c1 = low2;
            c2 = high0.lanewise(VectorOperators.XOR, c3).lanewise(VectorOperators.XOR, key1[round]);
            c3 = low0;
        }
        IntVector f0 = factor(c0);
        IntVector f1 = factor(c1);
        IntVector f2 = factor(c2);
        IntVector f3 = factor(c3);
        store(f0, f1, f2, f3, BLOCKS_0, at);
        store(f0, f1, f2, f3, BLOCKS_1, at + LANES);
        store(f0, f1, f2, f3, BLOCKS_2, at + 2 * LANES);
        store(f0, f1, f2, f3, BLOCKS_3, at + 3 * LANES);
    }

    /** The high half of the product with a constant of two 16-bit halves; no sum here exceeds 32 bits. */
    private static IntVector high(IntVector x, int constantLow, int constantHigh) {
        IntVector low = x.lanewise(VectorOperators.AND, LOW_HALF);
        IntVector high = x.lanewise(VectorOperators.LSHR, HALF);
        IntVector carry = low.mul(constantLow).lanewise(VectorOperators.LSHR, HALF);
        IntVector middle = high.mul(constantLow).add(carry);
        IntVector other = low.mul(constantHigh).add(middle.lanewise(VectorOperators.AND, LOW_HALF));
        return high.mul(constantHigh)
                .add(middle.lanewise(VectorOperators.LSHR, HALF))
                .add(other.lanewise(VectorOperators.LSHR, HALF));
    }

    private IntVector factor(IntVector words) {
        return ZEROS.blend(
                scale, words.lanewise(VectorOperators.XOR, Integer.MIN_VALUE).compare(VectorOperators.GE, threshold));
    }

    private void store(IntVector f0, IntVector f1, IntVector f2, IntVector f3, VectorShuffle<Integer> blocks, int at) {
        f0.rearrange(blocks)
                .blend(f1.rearrange(blocks), WORD_1)
                .blend(f2.rearrange(blocks), WORD_2)
                .blend(f3.rearrange(blocks), WORD_3)
                .reinterpretAsFloats()
                .intoArray(factors, at);
    }

    private static VectorShuffle<Integer> blocks(int output) {
        return VectorShuffle.fromOp(INTS, lane -> output * LANES / Philox.WORDS + lane / Philox.WORDS);
    }

    private static VectorMask<Integer> word(int word) {
        boolean[] lanes = new boolean[LANES];
        for (int lane = word; lane < LANES; lane += Philox.WORDS) {
            lanes[lane] = true;
        }
        return VectorMask.fromArray(INTS, lanes, 0);
    }
}
