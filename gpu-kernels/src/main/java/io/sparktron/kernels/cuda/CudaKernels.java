package io.sparktron.kernels.cuda;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Elementwise;
import io.sparktron.kernels.Embedding;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.MatrixProducts;
import io.sparktron.kernels.Normalization;
import io.sparktron.kernels.Optimization;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Device;
import java.util.List;

/**
 * All kernels of a GPU, for one rank: one thread enqueues. All are compiled and loaded here: ranks may be threads of one process, and loading a kernel while a collective of another rank's device
 * waits for this one's may wait for that. Activations and weights are of one type; statistics, losses and gradients of weights are FLOAT32. Their workspaces are
 * freed with the device, which stays the caller's.
 */
public final class CudaKernels implements Kernels {
    private static final List<String> FILES = List.of(
            "attention.cu",
            "cross_entropy.cu",
            "elementwise.cu",
            "embedding.cu",
            "normalization.cu",
            "optimization.cu");

    private final CudaDevice device;
    private final MatrixProducts matrix;
    private final Normalization normalization;
    private final CudaAttention attention;
    private final Elementwise elementwise;
    private final Embedding embedding;
    private final CrossEntropy crossEntropy;
    private final Optimization optimization;

    /**
     * @param device whose queues the kernels will be called with
     * @param type of activations and weights: FLOAT32, BFLOAT16 or FLOAT16
     */
    public CudaKernels(CudaDevice device, DType type) {
        CudaMatrixProducts products = new CudaMatrixProducts(device);
        this.device = device;
        this.matrix = products;
        this.normalization = new CudaNormalization(device);
        this.attention = new CudaAttention(device, type, products);
        this.elementwise = new CudaElementwise(device);
        this.embedding = new CudaEmbedding(device);
        this.crossEntropy = new CudaCrossEntropy(device, type);
        this.optimization = new CudaOptimization(device, type);
        load(device.functions(), type);
    }

    private void load(CudaFunctions functions, DType type) {
        functions.load("copies.cu", DType.FLOAT32);
        FILES.forEach(file -> functions.load(file, type));
        if (attention.usesTensorCores()) {
            functions.load("flash_attention.cu", type);
        }
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
