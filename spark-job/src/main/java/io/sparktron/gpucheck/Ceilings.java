package io.sparktron.gpucheck;

import io.sparktron.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What the maker says a GPU can do, from its data sheets: dense products without sparsity, float32 without TF32.
 *
 * @param model part of the name by which the driver calls it
 * @param bandwidth of its memory, bytes a second
 * @param float32 operations a second
 * @param sixteenBit operations a second of its tensor cores on bfloat16 and float16
 */
record Ceilings(String model, double bandwidth, double float32, double sixteenBit) {
    private static final double TERA = 1e12;

    /** The first whose name is part of a model's counts, so the special ones come before the common ones. */
    private static final List<Ceilings> KNOWN = Arrays.asList(
            new Ceilings("H200", 4.8 * TERA, 67 * TERA, 989 * TERA),
            new Ceilings("H100 PCIe", 2.0 * TERA, 51 * TERA, 756 * TERA),
            new Ceilings("H100 NVL", 3.9 * TERA, 60 * TERA, 835 * TERA),
            new Ceilings("H100", 3.35 * TERA, 67 * TERA, 989 * TERA),
            new Ceilings("A100-SXM4-80GB", 2.04 * TERA, 19.5 * TERA, 312 * TERA),
            new Ceilings("A100 80GB PCIe", 1.94 * TERA, 19.5 * TERA, 312 * TERA),
            new Ceilings("A100", 1.56 * TERA, 19.5 * TERA, 312 * TERA));

    /** Those of a model, if they are known. */
    static Optional<Ceilings> of(String model) {
        return KNOWN.stream().filter(known -> model.contains(known.model)).findFirst();
    }

    /** Operations a second of products of a type. */
    double rate(DType type) {
        return type == DType.FLOAT32 ? float32 : sixteenBit;
    }
}
