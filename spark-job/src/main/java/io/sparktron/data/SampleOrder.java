package io.sparktron.data;

import io.sparktron.random.Philox;

/**
 * The sample at each position of a run, epoch after epoch: position p is sample {@code order(p div N)(p mod N)}. Epoch 0 is the stored order, which data preparation
 * has shuffled. A later epoch permutes blocks of samples, then the samples of every {@value #WINDOW} blocks that have come to lie together, so that a reader
 * needs no more than a window at hand. Both permutations are keyed by seed and epoch and computed, not stored.
 *
 * <p>A last block that is not full keeps its place; its samples mix with those of the last window.
 */
public final class SampleOrder {
    /** Blocks whose samples are permuted together. */
    static final int WINDOW = 64;

    private static final long BLOCKS = -1; // what no window is numbered

    private final long samples;
    private final int blockSamples;
    private final long seed;

    /**
     * @param samples of the dataset, N
     * @param blockSamples samples of a block, best those of a row group
     */
    public SampleOrder(long samples, int blockSamples, long seed) {
        if (samples < 1 || blockSamples < 1) {
            throw new IllegalArgumentException(
                    "an order of " + samples + " samples in blocks of " + blockSamples + ": both must be at least 1");
        }
        this.samples = samples;
        this.blockSamples = blockSamples;
        this.seed = seed;
    }

    /** Of this order, and of what else depends on a position of the run. */
    long seed() {
        return seed;
    }

    /** The sample at {@code position}, counted from the start of the run, from 0. */
    public long sample(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("position " + position + " of a run; legal: 0 and more");
        }
        long epoch = position / samples;
        long place = position % samples;
        if (epoch == 0) {
            return place;
        }
        long windowSamples = (long) WINDOW * blockSamples;
        long window = place / windowSamples;
        long start = window * windowSamples;
        long mixed = start
                + permutation(epoch, window, Math.min(windowSamples, samples - start))
                        .at(place - start);
        long block = mixed / blockSamples;
        long fullBlocks = samples / blockSamples;
        if (block < fullBlocks) {
            block = permutation(epoch, BLOCKS, fullBlocks).at(block);
        }
        return block * blockSamples + mixed % blockSamples;
    }

    private Permutation permutation(long epoch, long domain, long size) {
        return new Permutation(seed, epoch, domain, size);
    }

    /**
     * A permutation of {@code 0 ... size - 1}: a balanced Feistel network (Luby and Rackoff 1988) over the next even number of bits, walked until the result is in
     * range. Its round function is a word of Philox.
     */
    private record Permutation(long seed, long epoch, long domain, long size) {
        private static final int ROUNDS = 6;

        long at(long index) {
            int half = (Long.SIZE - Long.numberOfLeadingZeros(Math.max(1, size - 1)) + 1) / 2; // bits
            long walked = index;
            do {
                walked = encipher(walked, half);
            } while (walked >= size);
            return walked;
        }

        private long encipher(long index, int half) {
            long mask = (1L << half) - 1;
            long left = index >>> half;
            long right = index & mask;
            int[] block = new int[Philox.WORDS];
            for (int round = 0; round < ROUNDS; round++) {
                // Epochs stay below 2^28 and halves below 2^32, so equal counters mean equal inputs.
                Philox.block(seed, right | (epoch << 4 | round) << 32, domain, block);
                long next = left ^ (Integer.toUnsignedLong(block[0]) & mask);
                left = right;
                right = next;
            }
            return left << half | right;
        }
    }
}
