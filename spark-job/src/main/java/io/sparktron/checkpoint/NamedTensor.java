package io.sparktron.checkpoint;

import io.sparktron.parallel.Box;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;

/**
 * This rank's part of a logical tensor of the training state.
 *
 * @param name the logical tensor's name, the same at every layout
 * @param global its whole, unpadded shape
 * @param box the part that this rank holds
 * @param local the part itself, of shape {@code box.shape()}
 * @param saved whether this rank writes the part: false where another rank holds an equal copy
 */
public record NamedTensor(String name, Shape global, Box box, Tensor local, boolean saved) {
    /** Whether this rank has anything of it to write. */
    boolean isWritten() {
        return saved && local.elements() > 0;
    }

    /** The same part, held elsewhere. */
    NamedTensor with(Tensor copy) {
        return new NamedTensor(name, global, box, copy, saved);
    }
}
