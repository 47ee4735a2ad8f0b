package io.sparktron.kernels.check;

import io.sparktron.tensor.DType;
import java.util.function.Function;

/**
 * One thing to hold against the oracle.
 *
 * @param kernel interface and method, such as {@code normalization.backward}
 * @param type of activations and of the weights that they meet
 * @param operands what distinguishes the call from others of this kernel: shapes, flags
 * @param anyAlignment whether operands may begin at any multiple of an element's size; else they begin where memory does
 * @param preparation makes the operands, when the check is run
 */
public record Check(
        String kernel, DType type, String operands, boolean anyAlignment, Function<HostTensors, Case> preparation) {
    /** One whose operands may begin at any element. */
    public Check(String kernel, DType type, String operands, Function<HostTensors, Case> preparation) {
        this(kernel, type, operands, true, preparation);
    }

    /** The same with operands where their memory begins. */
    Check aligned() {
        return new Check(kernel, type, operands, false, preparation);
    }
}
