package io.sparktron.checkpoint;

import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;

/** From where the elements of a tensor are read that goes to a file. */
@FunctionalInterface
interface TensorSource {
    /** Copies the whole tensor into {@code destination} from its position on, which stays where it is. */
    void read(Tensor tensor, ByteBuffer destination);
}
