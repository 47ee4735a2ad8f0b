package io.sparktron.preflight;

import io.sparktron.collective.Communicator;
import io.sparktron.collective.Communicators;
import io.sparktron.collective.Rendezvous;
import io.sparktron.kernels.Kernels;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import io.sparktron.train.Backend;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Precision;
import io.sparktron.train.Sizes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Native code in a rank's process: memory outside the heap by way of JNA, matrix products by OpenBLAS. */
final class NativeChecks {
    private static final String MATRIX_PRODUCT = "matrix product";

    private final long tensors;

    /**
     * @param tensors bytes that the rank will hold outside its heap
     */
    NativeChecks(long tensors) {
        this.tensors = tensors;
    }

    List<Finding> findings() {
        return List.of(sharedMemory(), matrixProduct());
    }

    /** A segment as large as the rank's tensors is made and mapped as training does it; its pages are not touched. */
    private Finding sharedMemory() {
        String check = "shared memory";
        try (Communicator alone = Communicators.onOneHost("probe", new Alone(), Duration.ofSeconds(1));
                Memory memory = alone.allocator().allocate("probe", tensors)) {
            return Finding.ok(check, "memory without a name can be mapped, " + Sizes.of(memory.bytes()) + " at once");
        } catch (LinkageError e) {
            return Finding.problem(
                    check,
                    "JNA's native code cannot be loaded: " + e.getMessage(),
                    "--conf spark.executor.extraJavaOptions=-Djna.tmpdir=FOLDER that is writable and not mounted noexec");
        } catch (RuntimeException e) {
            return Finding.problem(
                    check, e.getMessage(), "raise the limits of the executor's process (ulimit -v, ulimit -f)");
        }
    }

    /** [1 2; 3 4] [5 6; 7 8] by OpenBLAS. */
    private static Finding matrixProduct() {
        try {
            Kernels kernels = Backend.host(new DeviceConfig(DeviceConfig.Kind.HOST, 1), 1, Precision.FP32);
            try (HostMemory memory = HostMemory.allocate("probe", 3 * 4 * Float.BYTES)) {
                return matrixProduct(product(kernels, memory));
            } finally {
                kernels.device().close();
            }
        } catch (LinkageError e) {
            return Finding.problem(
                    MATRIX_PRODUCT,
                    "OpenBLAS cannot be loaded: " + e,
                    "--conf spark.executor.extraJavaOptions=-Dorg.bytedeco.javacpp.cachedir=FOLDER that is writable and not mounted noexec");
        }
    }

    /** @param product what came out, row by row */
    static Finding matrixProduct(float[] product) {
        return Arrays.equals(product, new float[] {19, 22, 43, 50})
                ? Finding.ok(MATRIX_PRODUCT, "OpenBLAS multiplies")
                : Finding.problem(
                        MATRIX_PRODUCT,
                        "OpenBLAS computes [1 2; 3 4] [5 6; 7 8] = " + Arrays.toString(product),
                        "--conf spark.executorEnv.OPENBLAS_CORETYPE=Haswell, or another host");
    }

    private static float[] product(Kernels kernels, HostMemory memory) {
        Queue queue = kernels.device().newQueue("probe");
        Tensor a = matrix(memory, 0);
        Tensor b = matrix(memory, 1);
        Tensor c = matrix(memory, 2);
        queue.write(floats(1, 2, 3, 4), a);
        queue.write(floats(5, 6, 7, 8), b);
        kernels.matrix().multiply(queue, false, a, false, b, 0, c);
        ByteBuffer read = floats(0, 0, 0, 0);
        queue.read(c, read);
        return new float[] {read.getFloat(0), read.getFloat(4), read.getFloat(8), read.getFloat(12)};
    }

    private static Tensor matrix(Memory memory, int number) {
        return new Tensor(memory, number * 4L * Float.BYTES, DType.FLOAT32, Shape.of(2, 2));
    }

    private static ByteBuffer floats(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            buffer.putFloat(value);
        }
        return buffer.flip();
    }

    /** A meeting of one. */
    private static final class Alone implements Rendezvous {
        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public List<String> allGather(String message) {
            return List.of(message);
        }
    }
}
