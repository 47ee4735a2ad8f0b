package io.sparktron.parallel;

import io.sparktron.tensor.Shape;
import java.util.Arrays;

/**
 * A rectangular part of a global tensor: along dimension i, indices {@code start[i] ... start[i] + extent[i] - 1}.
 *
 * @param start first index in each dimension
 * @param extent indices in each dimension
 */
public record Box(long[] start, long[] extent) {
    public static Box whole(Shape global) {
        return new Box(new long[global.rank()], global.toArray());
    }

    public Shape shape() {
        return Shape.of(extent);
    }

    /** Elements in it. */
    public long elements() {
        return shape().elements();
    }

    /** The part that lies in both; it may be empty. */
    public Box intersection(Box other) {
        long[] first = new long[start.length];
        long[] length = new long[start.length];
        for (int i = 0; i < start.length; i++) {
            first[i] = Math.max(start[i], other.start[i]);
            length[i] = Math.max(0, Math.min(start[i] + extent[i], other.start[i] + other.extent[i]) - first[i]);
        }
        return new Box(first, length);
    }

    /** Whether all of it lies in a tensor of this shape. */
    public boolean fits(Shape global) {
        if (start.length != global.rank() || extent.length != global.rank()) {
            return false;
        }
        for (int i = 0; i < start.length; i++) {
            if (start[i] < 0 || extent[i] < 0 || start[i] > global.extent(i) - extent[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Box that && Arrays.equals(start, that.start) && Arrays.equals(extent, that.extent);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(start) + Arrays.hashCode(extent);
    }

    @Override
    public String toString() {
        return "start " + Arrays.toString(start) + " extent " + Arrays.toString(extent);
    }
}
