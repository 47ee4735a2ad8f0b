package io.sparktron.kernels.cuda;

import io.sparktron.kernels.Dropout;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/**
 * One launch of a kernel on a queue: its shape, then its parameters in the order of the kernel's, then {@link #go}. There is one such object to a queue, and it is used again for
 * every launch; nothing is allocated. The driver copies the parameters at the call.
 */
public final class CudaLaunch {
    /** Parameters of a kernel at most. */
    private static final int PARAMETERS = 64;

    private static final long MOST_X = Integer.MAX_VALUE;
    private static final long MOST_YZ = 65535;
    private static final int MOST_THREADS = 1024;

    private final CudaQueue queue;
    private final HostMemory memory; // 64 addresses, then the 64 values they point to, 8 bytes each
    private final ByteBuffer values;
    private final Pointer addresses;
    private CudaFunction function; // null between launches
    private long gridX;
    private long gridY;
    private long gridZ;
    private int threadsX;
    private int threadsY;
    private long sharedBytes;
    private int passed;

    CudaLaunch(CudaQueue queue) {
        this.queue = queue;
        this.memory = HostMemory.allocate("kernel parameters of " + queue.name(), 2L * PARAMETERS * Long.BYTES);
        this.values = memory.window(0);
        this.addresses = Addresses.pointer(memory.address());
        for (int i = 0; i < PARAMETERS; i++) {
            values.putLong(i * Long.BYTES, memory.address() + slot(i));
        }
    }

    private static int slot(int parameter) {
        return (PARAMETERS + parameter) * Long.BYTES;
    }

    CudaLaunch begin(CudaFunction kernel) {
        if (function != null) {
            throw new IllegalStateException(
                    kernel + " is to be launched on queue " + queue.name() + " before go() of " + function);
        }
        function = kernel;
        gridX = 1;
        gridY = 1;
        gridZ = 1;
        threadsX = 1;
        threadsY = 1;
        sharedBytes = 0;
        passed = 0;
        return this;
    }

    /** So many blocks; none launches nothing. */
    public CudaLaunch grid(long x) {
        return grid(x, 1, 1);
    }

    public CudaLaunch grid(long x, long y) {
        return grid(x, y, 1);
    }

    public CudaLaunch grid(long x, long y, long z) {
        gridX = x;
        gridY = y;
        gridZ = z;
        return this;
    }

    /** Threads of a block. */
    public CudaLaunch threads(int x) {
        return threads(x, 1);
    }

    public CudaLaunch threads(int x, int y) {
        threadsX = x;
        threadsY = y;
        return this;
    }

    /** Bytes of the block's {@code extern __shared__} memory. */
    public CudaLaunch shared(long bytes) {
        sharedBytes = bytes;
        return this;
    }

    /** A pointer to the tensor's first element. */
    public CudaLaunch pass(Tensor tensor) {
        if (tensor.memory() instanceof HostMemory) {
            throw abandon(new IllegalArgumentException(
                    function + ": parameter " + passed + " lies in memory of the host: " + tensor));
        }
        return put(tensor.address(), KernelSignature.POINTER);
    }

    /** An {@code int} or {@code unsigned}. */
    public CudaLaunch pass(int value) {
        return put(value & 0xFFFFFFFFL, KernelSignature.INT);
    }

    /** A {@code long long}, {@code unsigned long long} or {@code size_t}. */
    public CudaLaunch pass(long value) {
        return put(value, KernelSignature.LONG);
    }

    public CudaLaunch pass(float value) {
        return put(Float.floatToRawIntBits(value) & 0xFFFFFFFFL, KernelSignature.FLOAT);
    }

    public CudaLaunch pass(double value) {
        return put(Double.doubleToRawLongBits(value), KernelSignature.DOUBLE);
    }

    /** {@code unsigned long long seed, unsigned site, unsigned threshold, float scale}, as {@code philox.cuh} takes them. */
    public CudaLaunch pass(Dropout dropout) {
        return pass(dropout.seed())
                .pass(dropout.site())
                .pass((int) dropout.threshold())
                .pass(dropout.scale());
    }

    private CudaLaunch put(long bits, char kind) {
        if (!function.signature().takes(passed, kind)) {
            throw abandon(new IllegalArgumentException(function.signature().refusal(function, passed, kind)));
        }
        values.putLong(slot(passed), bits); // little-endian, so a shorter value comes first
        passed++;
        return this;
    }

    /** Enqueues the launch. */
    public void go() {
        CudaFunction kernel = function;
        if (passed != kernel.signature().count()) {
            throw abandon(new IllegalArgumentException(
                    kernel + ": " + passed + " parameters are passed, its parameters are " + kernel.signature()));
        }
        requireShape();
        function = null;
        if (gridX == 0 || gridY == 0 || gridZ == 0) {
            return;
        }
        queue.device().makeCurrent();
        int result = JCudaDriver.cuLaunchKernel(
                kernel.handle(),
                (int) gridX,
                (int) gridY,
                (int) gridZ,
                threadsX,
                threadsY,
                1,
                (int) sharedBytes,
                queue.stream(),
                addresses,
                null);
        if (result != 0) {
            throw CudaException.of(result, "cuLaunchKernel of " + kernel + " with " + shape());
        }
    }

    private void requireShape() {
        boolean legal = gridX >= 0
                && gridX <= MOST_X
                && gridY >= 0
                && gridY <= MOST_YZ
                && gridZ >= 0
                && gridZ <= MOST_YZ
                && threadsX > 0
                && threadsY > 0
                && (long) threadsX * threadsY <= MOST_THREADS
                && sharedBytes >= 0
                && sharedBytes <= Integer.MAX_VALUE;
        if (!legal) {
            throw abandon(new IllegalArgumentException(
                    function + " is to be launched with " + shape() + "; legal: at most " + MOST_X + " x " + MOST_YZ
                            + " x " + MOST_YZ + " blocks of 1 to " + MOST_THREADS + " threads"));
        }
    }

    private String shape() {
        return gridX + " x " + gridY + " x " + gridZ + " blocks of " + threadsX + " x " + threadsY + " threads and "
                + sharedBytes + " bytes of shared memory";
    }

    /** Another launch may begin. */
    private IllegalArgumentException abandon(IllegalArgumentException why) {
        function = null;
        return why;
    }

    void close() {
        memory.close();
    }
}
