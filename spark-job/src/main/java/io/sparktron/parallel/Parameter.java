package io.sparktron.parallel;

import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;

/**
 * This rank's part of a logical parameter and what training keeps beside it.
 *
 * @param value of shape {@code spec.placement().local(global)}, in the type that the model computes in
 * @param gradient FLOAT32, of the same shape
 * @param owned what this rank's optimizer updates of it
 * @param box the part of the logical parameter
 * @param counts whether the part stands for the logical parameter where each element is counted once
 */
public record Parameter(ParameterSpec spec, Tensor value, Tensor gradient, OwnedPart owned, Box box, boolean counts) {
    public String name() {
        return spec.name();
    }

    /** The value as a matrix [extent 0 x ... x extent k-1, product of the others]. */
    public Tensor matrix(int leading) {
        return view(value, leading);
    }

    /** The gradient as a matrix [extent 0 x ... x extent k-1, product of the others]. */
    public Tensor gradientMatrix(int leading) {
        return view(gradient, leading);
    }

    /** The value as one row. */
    public Tensor vector() {
        return value.view(value.elements());
    }

    /** The gradient as one row. */
    public Tensor gradientVector() {
        return gradient.view(gradient.elements());
    }

    /** The part of {@code tensor}, one of this parameter's, that is not padding; its shape is that of the box. */
    public Tensor used(Tensor tensor) {
        Shape used = box.shape();
        return tensor.shape().equals(used) ? tensor : tensor.rows(0, used.extent(0));
    }

    private static Tensor view(Tensor tensor, int leading) {
        long rows = 1;
        for (int i = 0; i < leading; i++) {
            rows *= tensor.extent(i);
        }
        return tensor.view(rows, tensor.elements() / rows);
    }
}
