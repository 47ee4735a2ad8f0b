package io.sparktron.kernels.cuda;

import io.sparktron.kernels.InterceptedKernels;
import io.sparktron.kernels.Kernels;
import io.sparktron.tensor.DType;

/** Kernels of a GPU with a workspace of one's own. */
final class CudaRooms {
    private CudaRooms() {}

    /** All but attention, which needs none. */
    static Kernels of(CudaDevice device, DType type, CudaWorkspace workspace) {
        return new InterceptedKernels(
                device,
                new CudaMatrixProducts(device),
                new CudaNormalization(device, workspace),
                null,
                new CudaElementwise(device, workspace),
                new CudaEmbedding(device, workspace),
                new CudaCrossEntropy(device, type),
                new CudaOptimization(device, type));
    }
}
