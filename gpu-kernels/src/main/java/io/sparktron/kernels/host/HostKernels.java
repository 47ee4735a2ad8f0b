package io.sparktron.kernels.host;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Embedding;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.MatrixProducts;
import io.sparktron.kernels.Normalization;
import io.sparktron.kernels.Optimization;
import io.sparktron.tensor.Device;

/**
 * All kernels of the CPU. They compute in float32; {@link Elementwise#copy} casts between all floating-point types, and {@link WidenedKernels} lets the others take 16-bit
 * operands.
 */
public final class HostKernels implements Kernels {
    private final HostDevice device;
    private final MatrixProducts matrix;
    private final Attention attention;
    private final Normalization normalization = new HostNormalization();
    private final Elementwise elementwise = new HostElementwise();
    private final Embedding embedding = new HostEmbedding();
    private final CrossEntropy crossEntropy = new HostCrossEntropy();
    private final Optimization optimization = new HostOptimization();

    /**
     * @param device whose queues the kernels will be called with
     */
    public HostKernels(HostDevice device) {
        Blas[] blas = Blas.forWorkers(device.threads());
        this.device = device;
        this.matrix = new HostMatrixProducts(blas);
        this.attention = new HostAttention(blas);
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
