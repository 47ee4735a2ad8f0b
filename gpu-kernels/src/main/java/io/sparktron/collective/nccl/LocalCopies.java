package io.sparktron.collective.nccl;

import io.sparktron.collective.Collective;
import io.sparktron.collective.CommunicatorException;
import io.sparktron.tensor.Tensor;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** What a collective of one rank does: at most a copy. */
final class LocalCopies {
    private LocalCopies() {}

    static void enqueue(Collective operation, CUstream stream) {
        if (operation instanceof Collective.ReduceScatter scatter) {
            copy(scatter.input(), scatter.output(), stream);
        } else if (operation instanceof Collective.AllGather gather) {
            copy(gather.input(), gather.output(), stream);
        }
    }

    private static void copy(Tensor from, Tensor to, CUstream stream) {
        if (from.address() != to.address() && from.bytes() > 0) {
            int result = JCudaDriver.cuMemcpyDtoDAsync(
                    new CUdeviceptr().withByteOffset(to.address()),
                    new CUdeviceptr().withByteOffset(from.address()),
                    from.bytes(),
                    stream);
            if (result != CUresult.CUDA_SUCCESS) {
                throw new CommunicatorException(
                        "cuMemcpyDtoDAsync of " + from + " to " + to + " failed with " + CUresult.stringFor(result));
            }
        }
    }
}
