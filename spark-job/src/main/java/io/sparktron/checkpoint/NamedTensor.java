package io.sparktron.checkpoint;

import io.sparktron.parallel.Box;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;

/**
 * This rank's part of a logical tensor of the training state.
 *
 * @param name the logical tensor's name, the same at every layout
 * @param global its whole, unpadded shape
 * @param box in which the part lies that this rank holds
 * @param first index in the box, row-major, of the part's first element
 * @param local the part itself: consecutive elements of the box, in any shape
 * @param saved whether this rank writes the part: false where another rank holds an equal copy
 */
public record NamedTensor(String name, Shape global, Box box, long first, Tensor local, boolean saved) {
    public NamedTensor {
        if (first < 0 || first > box.elements() - local.elements()) {
            throw new IllegalArgumentException("elements " + first + " to " + (first + local.elements()) + " of " + name
                    + " lie outside the " + box.elements() + " of the box " + box);
        }
    }

    /** All of a box. */
    public NamedTensor(String name, Shape global, Box box, Tensor local, boolean saved) {
        this(name, global, box, 0, local, saved);
    }

    /** The shape that other tools see: the box's where the part is all of it, else the elements in a row. */
    Shape shape() {
        return local.elements() == box.elements() ? box.shape() : Shape.of(local.elements());
    }

    /** Whether this rank has anything of it to write. */
    boolean isWritten() {
        return saved && local.elements() > 0;
    }

    /** The same part, held elsewhere. */
    NamedTensor with(Tensor copy) {
        return new NamedTensor(name, global, box, first, copy, saved);
    }
}
