package io.sparktron.kernels.cuda;

import io.sparktron.kernels.MatrixProducts;
import io.sparktron.kernels.Operands;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasPointerMode;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;

/**
 * Products by cuBLAS, accumulated in float32: 16-bit operands on tensor cores, float32 ones without TF32, which would round them to 10 bits. A row-major matrix is its
 * transpose in cuBLAS's column-major order, so {@code c = op(a) op(b)} is asked for as {@code c^T = op(b)^T op(a)^T}, and no matrix is ever moved.
 *
 * <p>Its workspace is fixed, which cuBLAS needs for the same bits at every run. One thread enqueues, on one queue at a time: the workspace is shared, so a product on another queue
 * waits for those before.
 */
public final class CudaMatrixProducts implements MatrixProducts {
    /** What cuBLAS advises for the newest GPUs. */
    private static final long WORKSPACE = 32L << 20;

    private final CudaDevice device;
    private final cublasHandle handle = new cublasHandle();
    private final Memory workspace;
    private final ByteBuffer factors =
            ByteBuffer.allocateDirect(2 * Float.BYTES).order(ByteOrder.nativeOrder());
    private final Pointer scale = Pointer.to(factors);
    private final Pointer beta = scale.withByteOffset(Float.BYTES);
    private CudaQueue last;

    public CudaMatrixProducts(CudaDevice device) {
        this.device = device;
        device.makeCurrent();
        check(JCublas2.cublasCreate(handle), "cublasCreate");
        check(
                JCublas2.cublasSetPointerMode(handle, cublasPointerMode.CUBLAS_POINTER_MODE_HOST),
                "cublasSetPointerMode");
        check(
                JCublas2.cublasSetMathMode(
                        handle,
                        cublasMath.CUBLAS_DEFAULT_MATH | cublasMath.CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION),
                "cublasSetMathMode");
        workspace = device.allocator().allocate("cuBLAS workspace", WORKSPACE);
        device.own(this::close);
    }

    @Override
    public void multiply(
            Queue queue, boolean transposeA, Tensor a, boolean transposeB, Tensor b, float beta, Tensor c) {
        long k = Operands.product(transposeA, a, transposeB, b, c);
        long m = c.extent(0);
        long n = c.extent(1);
        Batch single = new Batch(1, a.extent(1), 0, b.extent(1), 0, n, 0);
        multiply(queue, transposeA, a, transposeB, b, beta, c, m, n, k, 1, single);
    }

    /**
     * Where the matrices of several products lie, in elements from the start of their tensors: rows are so far apart, and so are matrices.
     *
     * @param count products
     */
    record Batch(long count, long rowA, long strideA, long rowB, long strideB, long rowC, long strideC) {}

    /**
     * {@code c_i = scale op(a_i) op(b_i) + beta c_i} for i below {@code batch.count}; op(a) is [m, k], op(b) is [k, n].
     */
    void multiply(
            Queue queue,
            boolean transposeA,
            Tensor a,
            boolean transposeB,
            Tensor b,
            float beta,
            Tensor c,
            long m,
            long n,
            long k,
            float scale,
            Batch batch) {
        CudaQueue cuda = CudaQueue.of(queue, device);
        requireTypes(a, b, c);
        if (m == 0 || n == 0 || batch.count == 0) {
            return;
        }
        use(cuda);
        factors.putFloat(0, scale);
        factors.putFloat(Float.BYTES, beta);
        int status = batch.count == 1
                ? JCublas2.cublasGemmEx_new(
                        handle,
                        operation(transposeB),
                        operation(transposeA),
                        size("n", n),
                        size("m", m),
                        size("k", k),
                        this.scale,
                        Addresses.pointer(b.address()),
                        code(b),
                        leading(batch.rowB),
                        Addresses.pointer(a.address()),
                        code(a),
                        leading(batch.rowA),
                        this.beta,
                        Addresses.pointer(c.address()),
                        code(c),
                        leading(batch.rowC),
                        cublasComputeType.CUBLAS_COMPUTE_32F,
                        cublasGemmAlgo.CUBLAS_GEMM_DEFAULT)
                : JCublas2.cublasGemmStridedBatchedEx_new(
                        handle,
                        operation(transposeB),
                        operation(transposeA),
                        size("n", n),
                        size("m", m),
                        size("k", k),
                        this.scale,
                        Addresses.pointer(b.address()),
                        code(b),
                        leading(batch.rowB),
                        batch.strideB,
                        Addresses.pointer(a.address()),
                        code(a),
                        leading(batch.rowA),
                        batch.strideA,
                        this.beta,
                        Addresses.pointer(c.address()),
                        code(c),
                        leading(batch.rowC),
                        batch.strideC,
                        size("count", batch.count),
                        cublasComputeType.CUBLAS_COMPUTE_32F,
                        cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw failed(
                    status,
                    (batch.count == 1 ? "cublasGemmEx" : "cublasGemmStridedBatchedEx of " + batch.count + " products")
                            + " of " + m + " x " + k + " x " + n + " from " + a.type() + " into " + c.type());
        }
    }

    private void use(CudaQueue queue) {
        device.makeCurrent();
        if (queue != last) {
            if (last != null) {
                last.letFollow(queue);
            }
            check(JCublas2.cublasSetStream(handle, new cudaStream_t(queue.stream())), "cublasSetStream");
            // cublasSetStream goes back to cuBLAS's own workspace.
            check(
                    JCublas2.cublasSetWorkspace(handle, Addresses.pointer(workspace.address()), WORKSPACE),
                    "cublasSetWorkspace");
            last = queue;
        }
    }

    private static void requireTypes(Tensor a, Tensor b, Tensor c) {
        boolean legal = a.type() == b.type()
                && (a.type() == DType.FLOAT32 || a.type() == DType.BFLOAT16 || a.type() == DType.FLOAT16)
                && (c.type() == DType.FLOAT32 || c.type() == a.type());
        if (!legal) {
            throw new IllegalArgumentException("a is " + a.type() + ", b is " + b.type() + ", c is " + c.type()
                    + "; legal: a and b of one type of FLOAT32, BFLOAT16 and FLOAT16, and c of that type or FLOAT32");
        }
    }

    private static int code(Tensor tensor) {
        return switch (tensor.type()) {
            case FLOAT32 -> cudaDataType.CUDA_R_32F;
            case BFLOAT16 -> cudaDataType.CUDA_R_16BF;
            default -> cudaDataType.CUDA_R_16F;
        };
    }

    private static int operation(boolean transpose) {
        return transpose ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
    }

    /** cuBLAS wants at least 1, of an empty matrix too. */
    private static int leading(long row) {
        return size("row", Math.max(1, row));
    }

    private static int size(String name, long value) {
        Operands.range(name, value, 0, Integer.MAX_VALUE);
        return (int) value;
    }

    private static void check(int status, String call) {
        if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
            throw failed(status, call);
        }
    }

    /** Of a lost GPU cuBLAS only tells that it does not execute. */
    private static CudaException failed(int status, String call) {
        return CudaException.lossOfCurrent().orElseGet(() -> ofStatus(status, call));
    }

    private static CudaException ofStatus(int status, String call) {
        String advice = switch (status) {
            case cublasStatus.CUBLAS_STATUS_ALLOC_FAILED -> "; the GPU has no memory left for cuBLAS itself";
            case cublasStatus.CUBLAS_STATUS_ARCH_MISMATCH -> "; this GPU cannot compute with that type";
            default -> "";
        };
        return new CudaException(
                call + " failed with " + cublasStatus.stringFor(status) + " (" + status + ")" + advice, status);
    }

    private void close() {
        device.makeCurrent();
        JCublas2.cublasDestroy(handle);
        workspace.close();
    }
}
