package io.sparktron.kernels.oracle;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Embedding;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.MatrixProducts;
import io.sparktron.kernels.Normalization;
import io.sparktron.kernels.Optimization;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.tensor.Device;

/** All kernels of the oracle, on the host. */
public final class OracleKernels implements Kernels {
    private final HostDevice device;
    private final MatrixProducts matrix = new OracleMatrixProducts();
    private final Normalization normalization = new OracleNormalization();
    private final Attention attention = new OracleAttention();
    private final Elementwise elementwise = new OracleElementwise();
    private final Embedding embedding = new OracleEmbedding();
    private final CrossEntropy crossEntropy = new OracleCrossEntropy();
    private final Optimization optimization = new OracleOptimization();

    public OracleKernels(HostDevice device) {
        this.device = device;
    }

    @Override
    public Device device() {
        return device;
    }

    @Override
    public MatrixProducts matrix() {
        return matrix;
    }

    @Override
    public Normalization normalization() {
        return normalization;
    }

    @Override
    public Attention attention() {
        return attention;
    }

    @Override
    public Elementwise elementwise() {
        return elementwise;
    }

    @Override
    public Embedding embedding() {
        return embedding;
    }

    @Override
    public CrossEntropy crossEntropy() {
        return crossEntropy;
    }

    @Override
    public Optimization optimization() {
        return optimization;
    }
}
