package io.sparktron.kernels.check;

import io.sparktron.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/** All checks: at least one of every kernel of every interface. */
public final class KernelChecks {
    private KernelChecks() {}

    /** Those of a type of activations and of the weights that they meet. */
    public static List<Check> of(DType type) {
        List<Check> checks = new ArrayList<>();
        checks.addAll(MatrixProductChecks.of(type));
        checks.addAll(NormalizationChecks.of(type));
        checks.addAll(AttentionChecks.of(type));
        checks.addAll(ElementwiseChecks.of(type));
        checks.addAll(DropoutChecks.of(type));
        checks.addAll(EmbeddingChecks.of(type));
        checks.addAll(CrossEntropyChecks.of(type));
        checks.addAll(OptimizationChecks.of(type));
        return checks;
    }
}
