package io.sparktron.tensor;

/** Element type of a {@link Tensor}; every type is stored little-endian. */
public enum DType {
    FLOAT64(8),
    FLOAT32(4),
    BFLOAT16(2),
    FLOAT16(2),
    INT64(8),
    INT32(4);

    private final int bytes;

    DType(int bytes) {
        this.bytes = bytes;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
