package io.sparktron.jnccl;

import static io.sparktron.jnccl.JNCCL.ncclAllReduce;
import static io.sparktron.jnccl.JNCCL.ncclCommDestroy;
import static io.sparktron.jnccl.JNCCL.ncclCommInitRank;
import static io.sparktron.jnccl.JNCCL.ncclGetUniqueId;
import static io.sparktron.jnccl.ncclDataType.ncclFloat32;
import static io.sparktron.jnccl.ncclRedOp.ncclSum;
import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;

import java.util.Arrays;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** A sum over two GPUs, one thread each: an ordinary program of JCuda. */
final class AllReduceExample {
    private AllReduceExample() {}

    public static void main(String[] arguments) throws InterruptedException {
        JCudaDriver.setExceptionsEnabled(true);
        JNCCL.setExceptionsEnabled(true);
        cuInit(0);
        ncclUniqueId id = new ncclUniqueId(); // other processes would get its bytes() or its text
        ncclGetUniqueId(id);
        Thread[] ranks = new Thread[2];
        for (int i = 0; i < ranks.length; i++) {
            int rank = i;
            ranks[i] = new Thread(() -> run(rank, ranks.length, id));
            ranks[i].start();
        }
        for (Thread rank : ranks) {
            rank.join();
        }
    }

    private static void run(int rank, int ranks, ncclUniqueId id) {
        CUdevice device = new CUdevice();
        CUcontext context = new CUcontext();
        cuDeviceGet(device, rank);
        cuDevicePrimaryCtxRetain(context, device);
        cuCtxSetCurrent(context); // a communicator belongs to the GPU that is current
        ncclComm comm = new ncclComm();
        ncclCommInitRank(comm, ranks, id, rank); // waits for the other rank

        float[] x = {rank + 1, 10, rank};
        CUstream stream = new CUstream();
        cuStreamCreate(stream, 0);
        CUdeviceptr onDevice = new CUdeviceptr();
        cuMemAlloc(onDevice, x.length * Sizeof.FLOAT);
        cuMemcpyHtoD(onDevice, Pointer.to(x), x.length * Sizeof.FLOAT);
        ncclAllReduce(onDevice, onDevice, x.length, ncclFloat32, ncclSum, comm, stream);
        cuStreamSynchronize(stream);
        cuMemcpyDtoH(Pointer.to(x), onDevice, x.length * Sizeof.FLOAT);
        System.out.println("rank " + rank + ": " + Arrays.toString(x)); // [3.0, 20.0, 1.0] on both

        ncclCommDestroy(comm);
        cuMemFree(onDevice);
        cuStreamDestroy(stream);
        cuDevicePrimaryCtxRelease(device);
    }
}
