package io.sparktron.kernels.cuda;

import io.sparktron.kernels.InterceptedKernels;
import io.sparktron.kernels.Kernels;
import io.sparktron.tensor.DType;

/** Kernels of a GPU for tests outside of their package. */
public final class CudaRooms {
    private CudaRooms() {}

    /** All but attention. */
    public static Kernels of(CudaDevice device, DType type) {
        return of(device, type, device.workspace());
    }

    /** The same with a workspace of one's own. */
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
