package io.sparktron.kernels;

import io.sparktron.tensor.Device;

/** All kernels of one backend, for one rank. */
public interface Kernels {
    Device device();

    MatrixProducts matrix();

    Normalization normalization();

    Attention attention();

    Elementwise elementwise();

    Embedding embedding();

    CrossEntropy crossEntropy();

    Optimization optimization();
}
