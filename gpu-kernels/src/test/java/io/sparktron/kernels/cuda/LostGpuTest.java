package io.sparktron.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A GPU that fails stays failed, for as long as a process holds it. */
@Tag("doubles")
class LostGpuTest {
    @Test
    void everyCallAfterwardsSaysThatItIsLost(@TempDir Path temporary) throws Exception {
        List<String> said = GpuProgram.lines(GpuProgram.start(DyingKernel.class, Map.of(), temporary, "launch_failed"));
        assertThat(said).hasSize(6);
        assertThat(said.get(0)).isEqualTo("none");
        assertThat(said.get(1))
                .startsWith("lost: cuStreamSynchronize of queue test failed with CUDA_ERROR_LAUNCH_FAILED (719)");
        assertThat(said.get(2)).startsWith("lost: ").contains("CUDA_ERROR_LAUNCH_FAILED");
        assertThat(said.get(3)).as("of cuBLAS").startsWith("lost: ").contains("CUDA_ERROR_LAUNCH_FAILED");
        assertThat(said.get(4)).startsWith("lost: cuMemFree");
        assertThat(said.get(5)).as("of a new context").isEqualTo("none");
    }

    @Test
    void aKernelThatWritesElsewhereIsADefect(@TempDir Path temporary) throws Exception {
        List<String> said =
                GpuProgram.lines(GpuProgram.start(DyingKernel.class, Map.of(), temporary, "illegal_address"));
        assertThat(said).hasSize(6);
        assertThat(said.get(1))
                .startsWith("defect: cuStreamSynchronize of queue test failed with CUDA_ERROR_ILLEGAL_ADDRESS (700)");
        assertThat(said.get(2)).isEqualTo("none");
        assertThat(said.get(3)).startsWith("defect: cublasGemmEx");
    }

    @ParameterizedTest
    @ValueSource(ints = {46, 214, 220, 226, 719, 999})
    void codesOfALostGpu(int code) {
        assertThat(CudaException.of(code, "cuEventQuery").gpuLost()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 100, 222, 600, 700, 716, 801})
    void codesOfSomethingElse(int code) {
        assertThat(CudaException.of(code, "cuEventQuery").gpuLost()).isFalse();
    }

    /** Codes of other libraries mean other things. */
    @Test
    void onlyTheDriverTells() {
        assertThat(new CudaException("cublasCreate failed", 999).gpuLost()).isFalse();
    }
}
