package io.sparktron.kernels.host;

import io.sparktron.kernels.Dropout;
import io.sparktron.tensor.Tensor;

/** Dropout of the attention probabilities, a block of queries of one head at a time, for one worker. */
final class HeadMasks {
    private final Tensor positions; // INT64 [b]
    private final long firstHead;
    private final int sequence; // s
    private final DropoutMask mask;
    private final Tensor block; // [BLOCK, s]
    private final Floats left;

    private HeadMasks(Dropout dropout, Tensor positions, long firstHead, int sequence, Tensor block) {
        this.positions = positions;
        this.firstHead = firstHead;
        this.sequence = sequence;
        this.mask = new DropoutMask(dropout, sequence);
        this.block = block;
        this.left = Floats.of("scratch", block);
    }

    /**
     * Null where nothing is dropped.
     *
     * @param firstHead of the model's heads
     * @param scratch [workers, blocks, BLOCK, s]
     * @param number of the worker's block that holds the result
     */
    static HeadMasks of(
            Dropout dropout, Tensor positions, long firstHead, int sequence, Tensor scratch, int worker, int number) {
        return dropout.active()
                ? new HeadMasks(dropout, positions, firstHead, sequence, block(scratch, worker, number))
                : null;
    }

    /** A block of a worker, [BLOCK, s]. */
    static Tensor block(Tensor scratch, int worker, int number) {
        long rows = scratch.extent(2);
        long columns = scratch.extent(3);
        return scratch.rows(worker, 1)
                .view(scratch.extent(1), rows, columns)
                .rows(number, 1)
                .view(rows, columns);
    }

    /** What {@link #apply} left, row by row. */
    Floats left() {
        return left;
    }

    /**
     * The probabilities of some queries after dropout.
     *
     * @param head among those here
     * @param probabilities [s, s]
     * @param from first query
     * @param keys of a row that count
     * @return address of the result, [rows, keys] of [BLOCK, s]
     */
    long apply(long sample, long head, Floats probabilities, int from, int rows, int keys) {
        long position = Elements.getLong(positions, sample);
        for (int i = 0; i < rows; i++) {
            int query = from + i;
            mask.draw(position, (firstHead + head) * sequence + query, keys);
            mask.apply(probabilities, query * sequence, left, i * sequence, keys);
        }
        return block.address();
    }
}
