package io.sparktron.parallel;

import io.sparktron.tensor.Completion;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/**
 * How activations come into the region where a layer is split over the tensor group, and how they leave it: through f and g of the paper, or through their sequence-parallel
 * counterparts. Layers ask a border and never for the mode. Outside of the region a rank holds {@link #rows} of a micro-batch's n rows; inside, every rank has all n, of
 * its own columns.
 *
 * <p>The two ways in and the two ways out are conjugate: what is gathered forward is reduced backward, and the other way round.
 */
public interface RegionBorder {
    /** A tensor that may still be on its way. */
    @FunctionalInterface
    interface Arrival {
        /** The tensor, with {@code queue} ordered behind what brings it. */
        Tensor on(Queue queue);
    }

    /** Every rank holds all rows outside: f ({@link CopyToTensorRegion}) leads in, g ({@link ReduceFromTensorRegion}) leads out. */
    static RegionBorder wholeRows(Execution on) {
        return new WholeRows(on);
    }

    /**
     * The ranks share the rows outside (Korthikanti et al. 2022, section 4.2.2): {@link GatherFromSequenceRegion} leads in, {@link ReduceScatterToSequenceRegion} leads
     * out.
     */
    static RegionBorder splitRows(Execution on) {
        return new SplitRows(on);
    }

    /** How many of {@code n} rows this rank holds outside. */
    long rows(long n);

    /** The first of them. */
    long first(long n);

    /**
     * Entering.
     *
     * @param x [rows, c]
     * @return [n, c], perhaps on the frame
     */
    Arrival enter(Frame frame, Tensor x);

    /**
     * Where to leave this rank's part of a sum over the ranks: {@code sum} itself, or room on the frame.
     *
     * @param sum [rows, c]
     * @return [n, c]
     */
    Tensor part(Frame frame, Tensor sum);

    /**
     * Entering, backward: starts to add the gradients of what was entered. Work that does not need the sum may go on meanwhile.
     *
     * @param part [n, c], from {@link #part}
     * @param dx [rows, c]
     */
    Completion enterBackward(Tensor part, Tensor dx);

    /**
     * Leaving: starts to add the parts.
     *
     * @param part [n, c], from {@link #part}
     * @param y [rows, c]
     */
    Completion leave(Tensor part, Tensor y);

    /**
     * Leaving, backward.
     *
     * @param dy [rows, c]
     * @return [n, c], perhaps on the frame
     */
    Arrival leaveBackward(Frame frame, Tensor dy);
}
