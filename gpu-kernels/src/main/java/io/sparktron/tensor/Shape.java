package io.sparktron.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The extents of a dense row-major array; an extent may be 0. A scalar is {@code [1]}. */
public final class Shape {
    private final long[] extents;
    private final long elements;

    private Shape(long[] extents) {
        if (extents.length == 0) {
            throw new IllegalArgumentException("a shape needs at least one dimension; a scalar is [1]");
        }
        long product = 1;
        for (long extent : extents) {
            if (extent < 0) {
                throw new IllegalArgumentException("negative extent in shape " + Arrays.toString(extents));
            }
            product = Math.multiplyExact(product, extent);
        }
        this.extents = extents;
        this.elements = product;
    }

    public static Shape of(long... extents) {
        return new Shape(extents.clone());
    }

    public int rank() {
        return extents.length;
    }

    public long extent(int dimension) {
        return extents[dimension];
    }

    /** Product of the extents. */
    public long elements() {
        return elements;
    }

    /** Product of the extents after the first: the elements of one slice along dimension 0. */
    public long rowElements() {
        long product = 1;
        for (int i = 1; i < extents.length; i++) {
            product *= extents[i];
        }
        return product;
    }

    /** This shape with one extent replaced. */
    public Shape with(int dimension, long extent) {
        long[] changed = extents.clone();
        changed[dimension] = extent;
        return new Shape(changed);
    }

    public long[] toArray() {
        return extents.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape that && Arrays.equals(extents, that.extents);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(extents);
    }

    @Override
    public String toString() {
        return Arrays.stream(extents).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
