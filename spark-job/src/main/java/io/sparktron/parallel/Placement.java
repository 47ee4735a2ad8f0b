package io.sparktron.parallel;

import io.sparktron.tensor.Shape;

/**
 * Where the parts of a logical parameter lie along the tensor axis of the mesh. What to allocate, count, and save follows from here and from
 * nowhere else. Along the data axis every rank holds the same part.
 */
public sealed interface Placement {
    /** Shape of the tensor that each rank allocates, padding included. */
    Shape local(Shape global);

    /** The part of the logical parameter that a rank holds; padding is outside. */
    Box box(Shape global, int tensorRank);

    /**
     * Whether this rank's part stands for the logical parameter where each element is counted once: in the gradient norm and in a
     * checkpoint.
     */
    boolean counts(int tensorRank);

    /** Every rank holds an equal copy; rank 0's counts. */
    record Replicated() implements Placement {
        @Override
        public Shape local(Shape global) {
            return global;
        }

        @Override
        public Box box(Shape global, int tensorRank) {
            return Box.whole(global);
        }

        @Override
        public boolean counts(int tensorRank) {
            return tensorRank == 0;
        }
    }

    /**
     * Rank r holds indices {@code r * share ...} of one dimension, {@code share} of them or what is left; the rest of its tensor is padding.
     * Only dimension 0 may have padding, so that the used part is contiguous.
     */
    record Split(int dimension, long share) implements Placement {
        /** An even split: {@code parts} must divide the extent. */
        public static Split even(Shape global, int dimension, int parts) {
            long extent = global.extent(dimension);
            if (extent % parts != 0) {
                throw new IllegalArgumentException("dimension " + dimension + " of " + global
                        + " cannot be split evenly over " + parts + " ranks");
            }
            return new Split(dimension, extent / parts);
        }

        /** A split of dimension 0 whose share is rounded up to a multiple of {@code alignment}. */
        public static Split padded(Shape global, int parts, int alignment) {
            long share = (global.extent(0) + parts - 1) / parts;
            return new Split(0, (share + alignment - 1) / alignment * alignment);
        }

        @Override
        public Shape local(Shape global) {
            return global.with(dimension, share);
        }

        @Override
        public Box box(Shape global, int tensorRank) {
            long first = Math.min(global.extent(dimension), tensorRank * share);
            Box whole = Box.whole(global);
            whole.start()[dimension] = first;
            whole.extent()[dimension] = Math.min(share, global.extent(dimension) - first);
            return whole;
        }

        @Override
        public boolean counts(int tensorRank) {
            return true;
        }
    }
}
