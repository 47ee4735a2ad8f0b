package io.sparktron.doubles;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRelease;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoH;
import static jcuda.driver.JCudaDriver.cuMemcpyHtoD;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuModuleUnload;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamDestroy;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.nvrtc.JNvrtc.nvrtcCompileProgram;
import static jcuda.nvrtc.JNvrtc.nvrtcCreateProgram;
import static jcuda.nvrtc.JNvrtc.nvrtcDestroyProgram;
import static jcuda.nvrtc.JNvrtc.nvrtcGetPTX;
import static org.assertj.core.api.Assertions.assertThat;

import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An ordinary program of the unmodified JCuda, on pretended GPUs: compiles a kernel with NVRTC and runs it. */
@Tag("doubles")
class PretendedGpuTest {
    private static final String BLOCK_SUM = """
            extern "C" __global__ void blockSum(const float* x, float* sums, int n) {
              __shared__ float partial[4];
              int i = blockIdx.x * blockDim.x + threadIdx.x;
              float own = i < n ? x[i] : 0.0f;
              for (int lanes = 16; lanes > 0; lanes /= 2) own += __shfl_xor_sync(0xffffffffu, own, lanes);
              if (threadIdx.x % 32 == 0) partial[threadIdx.x / 32] = own;
              __syncthreads();
              if (threadIdx.x == 0) sums[blockIdx.x] = partial[0] + partial[1] + partial[2] + partial[3];
            }
            """;

    @Test
    void aJCudaProgramCompilesAndRunsAKernel() {
        JCudaDriver.setExceptionsEnabled(true);
        JNvrtc.setExceptionsEnabled(true);
        cuInit(0);
        CUdevice device = new CUdevice();
        cuDeviceGet(device, 0);
        CUcontext context = new CUcontext();
        cuDevicePrimaryCtxRetain(context, device);
        cuCtxSetCurrent(context);

        nvrtcProgram program = new nvrtcProgram();
        nvrtcCreateProgram(program, BLOCK_SUM, "block_sum.cu", 0, null, null);
        nvrtcCompileProgram(program, 2, new String[] {"--gpu-architecture=compute_80", "-std=c++17"});
        String[] ptx = new String[1];
        nvrtcGetPTX(program, ptx);
        nvrtcDestroyProgram(program);
        CUmodule module = new CUmodule();
        cuModuleLoadData(module, ptx[0]);
        CUfunction function = new CUfunction();
        cuModuleGetFunction(function, module, "blockSum");

        int n = 1000;
        int blocks = 8; // of 128 threads, the last not full
        float[] x = new float[n]; // 0, 1, 2 ...
        for (int i = 0; i < n; i++) {
            x[i] = i;
        }
        CUdeviceptr input = new CUdeviceptr();
        CUdeviceptr output = new CUdeviceptr();
        cuMemAlloc(input, (long) n * Sizeof.FLOAT);
        cuMemAlloc(output, (long) blocks * Sizeof.FLOAT);
        cuMemcpyHtoD(input, Pointer.to(x), (long) n * Sizeof.FLOAT);
        CUstream stream = new CUstream();
        cuStreamCreate(stream, 0);
        Pointer parameters = Pointer.to(Pointer.to(input), Pointer.to(output), Pointer.to(new int[] {n}));
        cuLaunchKernel(function, blocks, 1, 1, 128, 1, 1, 0, stream, parameters, null);
        cuStreamSynchronize(stream);
        float[] sums = new float[blocks];
        cuMemcpyDtoH(Pointer.to(sums), output, (long) blocks * Sizeof.FLOAT);

        for (int b = 0; b < blocks; b++) {
            float expected = 0; // whole numbers below 2^24: exact in any order
            for (int i = b * 128; i < Math.min(n, (b + 1) * 128); i++) {
                expected += i;
            }
            assertThat(sums[b]).as("block %d", b).isEqualTo(expected);
        }
        cuMemFree(input);
        cuMemFree(output);
        cuStreamDestroy(stream);
        cuModuleUnload(module);
        cuCtxSetCurrent(new CUcontext());
        cuDevicePrimaryCtxRelease(device);
    }
}
