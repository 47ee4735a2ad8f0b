package io.sparktron.parallel;

import io.sparktron.tensor.Shape;
import java.util.Arrays;

/**
 * A rectangular part of a global tensor: along dimension i, indices {@code start[i] ... start[i] + extent[i] - 1}.
 */
public record Box(long[] start, long[] extent) {
    public static Box whole(Shape global) {
        return new Box(new long[global.rank()], global.toArray());
    }

    public Shape shape() {
        return Shape.of(extent);
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
