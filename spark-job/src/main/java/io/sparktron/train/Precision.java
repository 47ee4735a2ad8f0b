package io.sparktron.train;

import io.sparktron.tensor.DType;
import java.util.Locale;

/** What a model computes in. Weights are updated, and gradients and sums of matrix products kept, in float32 whatever it is (Micikevicius et al. 2018). */
public enum Precision {
    FP32(DType.FLOAT32),
    BF16(DType.BFLOAT16),
    /** Needs loss scaling: its range is too small for gradients as they are. */
    FP16(DType.FLOAT16);

    private final DType type;

    Precision(DType type) {
        this.type = type;
    }

    /** As {@code train.precision} has it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Of activations and of the weights that they meet. */
    public DType type() {
        return type;
    }
}
