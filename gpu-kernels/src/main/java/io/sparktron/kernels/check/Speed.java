package io.sparktron.kernels.check;

import io.sparktron.tensor.DType;
import java.io.Serializable;

/**
 * How fast a call was.
 *
 * @param bytes that it must read and write at least; 0 if that is not what bounds it
 * @param operations floating-point operations of its products; 0 if that is not what bounds it
 */
public record Speed(String kernel, DType type, String operands, double bytes, double operations, double seconds)
        implements Serializable {
    /** Bytes per second. */
    public double bandwidth() {
        return bytes / seconds;
    }

    /** Operations per second. */
    public double rate() {
        return operations / seconds;
    }
}
