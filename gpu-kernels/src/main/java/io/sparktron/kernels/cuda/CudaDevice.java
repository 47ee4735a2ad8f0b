package io.sparktron.kernels.cuda;

import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Device;
import io.sparktron.tensor.OutOfDeviceMemoryException;
import io.sparktron.tensor.Queue;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/**
 * One GPU: its primary context, which every entry makes current on the calling thread, so that one process can drive several GPUs from any threads.
 */
public final class CudaDevice implements Device {
    private static final long MEBIBYTE = 1L << 20;

    private final int ordinal;
    private final CUdevice device;
    private final CudaProperties properties;
    private final CUcontext context = new CUcontext();
    private final Deque<CudaQueue> queues = new ArrayDeque<>();
    private final CudaEvents events = new CudaEvents(this);
    private final CudaFunctions functions = new CudaFunctions(this);
    private final KernelCompiler compiler;
    private final Deque<Runnable> owned = new ArrayDeque<>(); // last first
    private CudaWorkspace workspace;
    private volatile Runnable afterWaiting = () -> {};
    private boolean closed;

    private CudaDevice(int ordinal, CUdevice device) {
        this.ordinal = ordinal;
        this.device = device;
        this.properties = CudaProperties.of(device);
        properties.requireSupported(ordinal);
        this.compiler = compiler(properties.capability());
        CudaException.check(
                JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain of GPU " + ordinal);
    }

    private static KernelCompiler compiler(int capability) {
        KernelTarget target = KernelTarget.of(capability);
        KernelCache cache =
                KernelCache.at(KernelCache.folder(System.getenv(), Path.of(System.getProperty("java.io.tmpdir"))));
        return new KernelCompiler(target, CudaHeaders.choose(target, CudaToolkit.headers(), cache), cache);
    }

    /** How many GPUs this process sees; fails as {@link #open} does, also where there is none. */
    static int count() {
        CudaLibraries.load();
        CudaException.check(JCudaDriver.cuInit(0), "cuInit");
        int[] count = {0};
        CudaException.check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount");
        if (count[0] == 0) {
            throw CudaException.of(CUresult.CUDA_ERROR_NO_DEVICE, "cuDeviceGetCount");
        }
        return count[0];
    }

    /**
     * Opens a GPU that this process sees.
     *
     * @param ordinal from 0
     * @throws CudaException one line that says what to install or set
     */
    public static CudaDevice open(int ordinal) {
        int count = count();
        if (ordinal < 0 || ordinal >= count) {
            throw new CudaException(
                    "there is no GPU " + ordinal + "; this process sees " + count + ", counted from 0", 101);
        }
        CUdevice device = new CUdevice();
        CudaException.check(JCudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet of GPU " + ordinal);
        return new CudaDevice(ordinal, device);
    }

    /** From 0, among the GPUs that this process sees. */
    public int ordinal() {
        return ordinal;
    }

    /** Number and model. */
    public String name() {
        return "GPU " + ordinal + " (" + properties.model() + ")";
    }

    /** Streaming multiprocessors. */
    public int multiprocessors() {
        return properties.multiprocessors();
    }

    /** The kernels of {@code src/main/cuda} for this device. */
    public CudaFunctions functions() {
        return functions;
    }

    /** Scratch memory that all kernels of the device share; allocated for the first that asks. */
    synchronized CudaWorkspace workspace() {
        if (workspace == null) {
            workspace = new CudaWorkspace(this, CudaWorkspace.DEFAULT_BYTES);
            own(workspace::close);
        }
        return workspace;
    }

    /** What is closed with the device, the last first. */
    synchronized void own(Runnable close) {
        owned.push(close);
    }

    KernelCompiler compiler() {
        return compiler;
    }

    CudaEvents events() {
        return events;
    }

    /** Makes this device's context that of the calling thread. */
    public void makeCurrent() {
        int result = JCudaDriver.cuCtxSetCurrent(context);
        if (result != CUresult.CUDA_SUCCESS) {
            throw CudaException.of(result, "cuCtxSetCurrent of " + name());
        }
    }

    /** What has made this GPU useless to this process, if something has; does not wait. */
    public Optional<CudaException> loss() {
        int result = JCudaDriver.cuCtxSetCurrent(context);
        return CudaException.isLoss(result)
                ? Optional.of(CudaException.of(result, "cuCtxSetCurrent of " + name()))
                : CudaException.lossOfCurrent();
    }

    /**
     * Runs {@code check} whenever a thread has waited for work of this device, and before it gets what that work computed: so that whoever carries its collectives can
     * fail it if one of them was not done.
     */
    public void checkAfterWaiting(Runnable check) {
        afterWaiting = check;
    }

    /** A thread has waited for work of this device. */
    void waited() {
        afterWaiting.run();
    }

    @Override
    public String description() {
        makeCurrent();
        return "cuda: " + name() + ", " + properties.memoryBytes() / MEBIBYTE + " MiB, compute capability "
                + properties.capability() / 10 + "." + properties.capability() % 10 + ", kernels for "
                + compiler.target()
                + (compiler.headers() == null ? "" : " with CUDA's headers of " + compiler.headers())
                + ", driver for CUDA " + CudaVersions.driver() + ", NVRTC " + compiler.version() + ", cuBLAS "
                + CudaVersions.cublas();
    }

    @Override
    public Allocator allocator() {
        return this::allocate;
    }

    private CudaMemory allocate(String purpose, long bytes) {
        makeCurrent();
        long length = Math.max(bytes, 1);
        Addresses.Readable pointer = reserve(purpose, length);
        CudaException.check(JCudaDriver.cuMemsetD8(pointer, (byte) 0, length), "cuMemsetD8 of " + purpose);
        CudaException.check(JCudaDriver.cuCtxSynchronize(), "cuCtxSynchronize after cuMemsetD8 of " + purpose);
        return new CudaMemory(this, purpose, pointer.address(), bytes);
    }

    private Addresses.Readable reserve(String purpose, long bytes) {
        Addresses.Readable pointer = new Addresses.Readable();
        int result = JCudaDriver.cuMemAlloc(pointer, bytes);
        if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            long[] free = {0};
            long[] total = {0};
            CudaException.check(JCudaDriver.cuMemGetInfo(free, total), "cuMemGetInfo");
            throw new OutOfDeviceMemoryException(
                    "no memory of " + name() + " for " + purpose + " of " + bytes + " bytes: "
                            + free[0] + " of " + total[0]
                            + " bytes are free; use more tensor ranks, a smaller train.micro-batch"
                            + " or train.recompute");
        }
        CudaException.check(result, "cuMemAlloc of " + bytes + " bytes for " + purpose);
        return pointer;
    }

    @Override
    public synchronized Queue newQueue(String name) {
        CudaQueue queue = new CudaQueue(this, name);
        queues.push(queue);
        return queue;
    }

    /** Tensor cores take 16-bit operands in tiles of 8; a multiple of 64 also fills cuBLAS's tiles. */
    @Override
    public int vocabularyAlignment() {
        return 64;
    }

    @Override
    public boolean isAsynchronous() {
        return true;
    }

    /** Waits for all work, frees queues, events and kernels, and lets the context go; memory is closed by whoever holds it, before. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            makeCurrent();
            JCudaDriver.cuCtxSynchronize(); // what failed has been told to whoever waited for it
            int released;
            try {
                queues.forEach(CudaQueue::close);
                owned.forEach(Runnable::run);
                events.close();
                functions.close();
            } finally { // of a lost GPU nothing can be freed but all at once
                released = JCudaDriver.cuDevicePrimaryCtxRelease(device);
            }
            CudaException.check(released, "cuDevicePrimaryCtxRelease of " + name());
        }
    }
}
