package io.sparktron.doubles;

import static jcuda.driver.JCudaDriver.cuCtxSetCurrent;
import static jcuda.driver.JCudaDriver.cuCtxSynchronize;
import static jcuda.driver.JCudaDriver.cuDeviceGet;
import static jcuda.driver.JCudaDriver.cuDevicePrimaryCtxRetain;
import static jcuda.driver.JCudaDriver.cuEventCreate;
import static jcuda.driver.JCudaDriver.cuEventRecord;
import static jcuda.driver.JCudaDriver.cuInit;
import static jcuda.driver.JCudaDriver.cuLaunchKernel;
import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemAllocHost;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.driver.JCudaDriver.cuMemcpyDtoHAsync;
import static jcuda.driver.JCudaDriver.cuMemsetD8;
import static jcuda.driver.JCudaDriver.cuModuleGetFunction;
import static jcuda.driver.JCudaDriver.cuModuleLoadData;
import static jcuda.driver.JCudaDriver.cuStreamCreate;
import static jcuda.driver.JCudaDriver.cuStreamSynchronize;
import static jcuda.driver.JCudaDriver.cuStreamWaitEvent;
import static jcuda.nvrtc.JNvrtc.nvrtcCompileProgram;
import static jcuda.nvrtc.JNvrtc.nvrtcCreateProgram;
import static jcuda.nvrtc.JNvrtc.nvrtcGetPTX;

import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.Sizeof;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;

/** Programs of JCuda with one mistake each, all of which many a GPU would let pass; each runs in a process of its own, since a GPU's errors stay. */
enum PlantedDefect {
    NONE {
        @Override
        String run(Gpu gpu) {
            gpu.launch("twice", 1, gpu.x, gpu.y, COUNT);
            gpu.launch("shifted", 1, gpu.x, gpu.y, 1);
            gpu.launch("sums", 2, gpu.x, gpu.y, 1);
            return gpu.end();
        }
    },
    OFF_BY_ONE_BOUND {
        @Override
        String run(Gpu gpu) {
            gpu.launch("twice", 1, gpu.x, gpu.y, COUNT + 1);
            return gpu.end();
        }
    },
    MISSING_BARRIER {
        @Override
        String run(Gpu gpu) {
            gpu.launch("shifted", 1, gpu.x, gpu.y, 0);
            return gpu.end();
        }
    },
    DIVERGENT_BARRIER {
        @Override
        String run(Gpu gpu) {
            gpu.launch("halves", 1, gpu.x, gpu.y, 0);
            return gpu.end();
        }
    },
    UNWRITTEN_SHARED_MEMORY {
        @Override
        String run(Gpu gpu) {
            gpu.launch("unwritten", 1, gpu.x, gpu.y, 0);
            return gpu.end();
        }
    },
    SHARED_MEMORY_OVERRUN {
        @Override
        String run(Gpu gpu) {
            gpu.launch("overrun", 1, gpu.x, gpu.y, COUNT);
            return gpu.end();
        }
    },
    TWO_BLOCKS_AT_ONE_PLACE {
        @Override
        String run(Gpu gpu) {
            gpu.launch("sums", 2, gpu.x, gpu.y, 0);
            return gpu.end();
        }
    },
    USE_AFTER_FREE {
        @Override
        String run(Gpu gpu) {
            cuMemFree(gpu.x);
            gpu.launch("twice", 1, gpu.x, gpu.y, COUNT);
            return gpu.end();
        }
    },
    MEMORY_OF_ANOTHER_GPU {
        @Override
        String run(Gpu gpu) {
            gpu.launch("twice", 1, new Gpu(1).x, gpu.y, COUNT);
            return gpu.end();
        }
    },
    MISSING_EVENT {
        @Override
        String run(Gpu gpu) {
            return afterAnotherStream(gpu, false);
        }
    },
    EVENT {
        @Override
        String run(Gpu gpu) {
            return afterAnotherStream(gpu, true);
        }
    },
    /** Answers what the host saw before and after it waited. */
    PINNED_MEMORY_READ_EARLY {
        @Override
        String run(Gpu gpu) {
            Pointer host = new Pointer();
            cuMemAllocHost(host, COUNT * Sizeof.FLOAT);
            gpu.launch("twice", 1, gpu.x, gpu.y, COUNT);
            cuMemcpyDtoHAsync(host, gpu.y, COUNT * Sizeof.FLOAT, gpu.stream);
            float early = host.getByteBuffer(0, Sizeof.FLOAT)
                    .order(ByteOrder.nativeOrder())
                    .getFloat(0);
            String code = gpu.end();
            float late = host.getByteBuffer(0, Sizeof.FLOAT)
                    .order(ByteOrder.nativeOrder())
                    .getFloat(0);
            return code + ", " + early + " before and " + late + " after the wait";
        }
    },
    UNKNOWN_OPTION {
        @Override
        String run(Gpu gpu) {
            nvrtcProgram program = new nvrtcProgram();
            nvrtcCreateProgram(program, SOURCE, FILE, 0, null, null);
            return nvrtcResult.stringFor(nvrtcCompileProgram(program, 1, new String[] {"--use-fast-maths"}));
        }
    };

    static final String FILE = "planted.cu";

    /** Threads of a block, and elements of x and y. */
    private static final int COUNT = 64;

    static final String SOURCE = """
            extern "C" __global__ void twice(const float* x, float* y, int n) {
              for (int i = threadIdx.x; i < n; i += blockDim.x) {
                y[i] = 2 * x[i];
              }
            }
            extern "C" __global__ void shifted(const float* x, float* y, int wait) {
              __shared__ float tile[64];
              tile[threadIdx.x] = x[threadIdx.x];
              if (wait) __syncthreads();
              y[threadIdx.x] = tile[(threadIdx.x + 63) % 64];
            }
            extern "C" __global__ void halves(const float* x, float* y, int unused) {
              if (threadIdx.x < 32) {
                __syncthreads();
              } else {
                __syncthreads();
              }
              y[threadIdx.x] = x[threadIdx.x];
            }
            extern "C" __global__ void unwritten(const float* x, float* y, int unused) {
              __shared__ float tile[64];
              y[threadIdx.x] = tile[threadIdx.x];
              tile[threadIdx.x] = x[threadIdx.x];
            }
            extern "C" __global__ void overrun(const float* x, float* y, int n) {
              __shared__ float tile[63];
              for (int i = threadIdx.x; i < n; i += blockDim.x) {
                tile[i] = x[i];
                y[i] = tile[i];
              }
            }
            extern "C" __global__ void sums(const float* x, float* y, int apart) {
              if (threadIdx.x < 32) y[threadIdx.x + apart * 32 * blockIdx.x] = x[threadIdx.x];
            }
            """;

    /** Runs it and answers what the host is told. */
    abstract String run(Gpu gpu);

    public static void main(String[] arguments) {
        System.out.println(valueOf(arguments[0]).run(new Gpu(0)));
        System.out.flush();
        Runtime.getRuntime().halt(0); // nothing of a GPU in error can be freed
    }

    private static String afterAnotherStream(Gpu gpu, boolean ordered) {
        CUstream other = new CUstream();
        cuStreamCreate(other, 1);
        gpu.launch("twice", 1, gpu.x, gpu.y, COUNT);
        if (ordered) {
            CUevent written = new CUevent();
            cuEventCreate(written, 2);
            cuEventRecord(written, gpu.stream);
            cuStreamWaitEvent(other, written, 0);
        }
        gpu.launch(other, "shifted", 1, gpu.y, gpu.z, 1);
        return gpu.end();
    }

    /** A pretended GPU with the kernels, a stream, and three tensors of {@link #COUNT} floats, of which x is 0. */
    static final class Gpu {
        final CUdeviceptr x = new CUdeviceptr();
        final CUdeviceptr y = new CUdeviceptr();
        final CUdeviceptr z = new CUdeviceptr();
        final CUstream stream = new CUstream();
        private final CUcontext context = new CUcontext();
        private final CUmodule module = new CUmodule();

        Gpu(int ordinal) {
            cuInit(0);
            CUdevice device = new CUdevice();
            cuDeviceGet(device, ordinal);
            cuDevicePrimaryCtxRetain(context, device);
            cuCtxSetCurrent(context);
            nvrtcProgram program = new nvrtcProgram();
            nvrtcCreateProgram(program, SOURCE, FILE, 0, null, null);
            nvrtcCompileProgram(program, 2, new String[] {"--gpu-architecture=compute_80", "-std=c++17"});
            String[] ptx = new String[1];
            nvrtcGetPTX(program, ptx);
            cuModuleLoadData(module, ptx[0]);
            for (CUdeviceptr each : new CUdeviceptr[] {x, y, z}) {
                cuMemAlloc(each, COUNT * Sizeof.FLOAT);
            }
            cuMemsetD8(x, (byte) 0, COUNT * Sizeof.FLOAT);
            cuCtxSynchronize();
            cuStreamCreate(stream, 1);
        }

        void launch(String kernel, int blocks, CUdeviceptr from, CUdeviceptr to, int number) {
            launch(stream, kernel, blocks, from, to, number);
        }

        void launch(CUstream on, String kernel, int blocks, CUdeviceptr from, CUdeviceptr to, int number) {
            cuCtxSetCurrent(context);
            CUfunction function = new CUfunction();
            cuModuleGetFunction(function, module, kernel);
            Pointer parameters = Pointer.to(Pointer.to(from), Pointer.to(to), Pointer.to(new int[] {number}));
            cuLaunchKernel(function, blocks, 1, 1, COUNT, 1, 1, 0, on, parameters, null);
        }

        /** The code that waiting for all work answers. */
        String end() {
            cuCtxSetCurrent(context);
            cuStreamSynchronize(stream);
            return CUresult.stringFor(cuCtxSynchronize());
        }
    }
}
