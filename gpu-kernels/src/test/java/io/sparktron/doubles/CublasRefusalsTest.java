package io.sparktron.doubles;

import static jcuda.jcublas.JCublas2.cublasCreate;
import static jcuda.jcublas.JCublas2.cublasDestroy;
import static jcuda.jcublas.JCublas2.cublasGemmEx_new;
import static jcuda.jcublas.JCublas2.cublasSetStream;
import static jcuda.jcublas.JCublas2.cublasSetWorkspace;
import static jcuda.jcublas.cublasOperation.CUBLAS_OP_N;
import static jcuda.jcublas.cublasOperation.CUBLAS_OP_T;
import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.cuda.CudaDevice;
import io.sparktron.kernels.cuda.CudaQueue;
import io.sparktron.tensor.Memory;
import jcuda.Pointer;
import jcuda.cudaDataType;
import jcuda.driver.CUdeviceptr;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasComputeType;
import jcuda.jcublas.cublasGemmAlgo;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the real cuBLAS refuses, its double refuses too. */
@Tag("doubles")
class CublasRefusalsTest {
    private static final int FLOAT = cudaDataType.CUDA_R_32F;
    private static final int BFLOAT = cudaDataType.CUDA_R_16BF;
    private static final int HALF = cudaDataType.CUDA_R_16F;
    private static final Pointer ONE = Pointer.to(new float[] {1});

    private final CudaDevice device = CudaDevice.open(0);
    private final Memory memory = device.allocator().allocate("operands", 4096);
    private final cublasHandle handle = new cublasHandle();

    @BeforeEach
    void open() {
        device.makeCurrent();
        JCublas2.setExceptionsEnabled(false);
        assertThat(cublasCreate(handle)).isEqualTo(cublasStatus.CUBLAS_STATUS_SUCCESS);
        CudaQueue queue = CudaQueue.of(device.newQueue("compute"));
        assertThat(cublasSetStream(handle, new cudaStream_t(queue.stream()))).isZero();
    }

    @AfterEach
    void close() {
        device.makeCurrent();
        cublasDestroy(handle);
        memory.close();
        device.close();
    }

    private Pointer at(long offset) {
        return new CUdeviceptr().withByteOffset(memory.address() + offset);
    }

    /** C [5, 3] = op(A) [5, 7] op(B) [7, 3], A and B of one type. */
    private int product(
            int transa, int lda, int ldb, int ldc, Pointer a, int type, int typeOfB, int typeOfC, int compute) {
        return cublasGemmEx_new(
                handle,
                transa,
                CUBLAS_OP_N,
                5,
                3,
                7,
                ONE,
                a,
                type,
                lda,
                at(1024),
                typeOfB,
                ldb,
                ONE,
                at(2048),
                typeOfC,
                ldc,
                compute,
                cublasGemmAlgo.CUBLAS_GEMM_DEFAULT);
    }

    private int leading(int transa, int lda, int ldb, int ldc) {
        return product(transa, lda, ldb, ldc, at(0), FLOAT, FLOAT, FLOAT, cublasComputeType.CUBLAS_COMPUTE_32F);
    }

    private int types(int type, int typeOfB, int typeOfC, int compute) {
        return product(CUBLAS_OP_N, 5, 7, 5, at(0), type, typeOfB, typeOfC, compute);
    }

    @Test
    void leadingDimensionsThatAreTooSmall() {
        assertThat(leading(CUBLAS_OP_N, 5, 7, 5)).isZero();
        assertThat(leading(CUBLAS_OP_N, 4, 7, 5)).isEqualTo(cublasStatus.CUBLAS_STATUS_INVALID_VALUE);
        assertThat(leading(CUBLAS_OP_T, 7, 7, 5)).isZero();
        assertThat(leading(CUBLAS_OP_T, 6, 7, 5)).isEqualTo(cublasStatus.CUBLAS_STATUS_INVALID_VALUE);
        assertThat(leading(CUBLAS_OP_N, 5, 6, 5)).isEqualTo(cublasStatus.CUBLAS_STATUS_INVALID_VALUE);
        assertThat(leading(CUBLAS_OP_N, 5, 7, 4)).isEqualTo(cublasStatus.CUBLAS_STATUS_INVALID_VALUE);
    }

    @Test
    void typesThatDoNotGoTogether() {
        int wide = cublasComputeType.CUBLAS_COMPUTE_32F;
        assertThat(types(BFLOAT, BFLOAT, FLOAT, wide)).isZero();
        assertThat(types(HALF, HALF, HALF, wide)).isZero();
        assertThat(types(HALF, BFLOAT, FLOAT, wide)).isEqualTo(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED);
        assertThat(types(HALF, HALF, BFLOAT, wide)).isEqualTo(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED);
        assertThat(types(FLOAT, FLOAT, HALF, wide)).isEqualTo(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED);
        assertThat(types(HALF, HALF, HALF, cublasComputeType.CUBLAS_COMPUTE_32F_FAST_TF32))
                .isEqualTo(cublasStatus.CUBLAS_STATUS_NOT_SUPPORTED);
    }

    @Test
    void pointersThatAreNullOrNotAligned() {
        int wide = cublasComputeType.CUBLAS_COMPUTE_32F;
        assertThat(product(CUBLAS_OP_N, 5, 7, 5, at(1), BFLOAT, BFLOAT, FLOAT, wide))
                .isEqualTo(cublasStatus.CUBLAS_STATUS_INVALID_VALUE);
        assertThat(product(CUBLAS_OP_N, 5, 7, 5, new CUdeviceptr(), FLOAT, FLOAT, FLOAT, wide))
                .isEqualTo(cublasStatus.CUBLAS_STATUS_INVALID_VALUE);
        assertThat(cublasSetWorkspace(handle, at(128), 1024)).isEqualTo(cublasStatus.CUBLAS_STATUS_INVALID_VALUE);
        assertThat(cublasSetWorkspace(handle, at(256), 1024)).isZero();
    }

    @Test
    void aHandleOfAnotherContext() {
        try (CudaDevice other = CudaDevice.open(1)) {
            other.makeCurrent();
            assertThat(leading(CUBLAS_OP_N, 5, 7, 5)).isEqualTo(cublasStatus.CUBLAS_STATUS_EXECUTION_FAILED);
        }
    }
}
