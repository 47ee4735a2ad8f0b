package io.sparktron.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.tokens.InvalidInputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CUDA counts a machine's GPUs in another order than nvidia-smi, and not all of them. */
class GpuAddressTest {
    private static final List<CudaGpu> FASTEST_FIRST = List.of(
            Seats.gpu(0, "GPU-c", "0000:81:00"),
            Seats.gpu(1, "GPU-a", "0000:01:00"),
            Seats.gpu(2, "GPU-b", "0000:41:00"));

    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource({
        "GPU-a, , GPU-a",
        "GPU-c, , GPU-c",
        "GPU-b, 'GPU-c,GPU-a,GPU-b', GPU-b",
        "0, , GPU-a",
        "2, , GPU-c",
        "3, '3,0,1', GPU-c",
        "1, '3, 0, 1', GPU-b",
    })
    void namesAGpu(String address, String listed, String uuid) {
        assertThat(new GpuAddress(address).among(FASTEST_FIRST, listed).uuid()).isEqualTo(uuid);
    }

    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource({
        "GPU-d, , 'Spark gave gpu GPU-d, but CUDA shows [GPU-c'",
        "3, , 'Spark gave gpu 3, but CUDA shows only 3 here'",
        "2, '3,0,1', 'Spark gave gpu 2, which is not among CUDA_VISIBLE_DEVICES = 3,0,1'",
        "0, 'GPU-c,GPU-a,GPU-b', 'which is not among CUDA_VISIBLE_DEVICES = GPU-c,GPU-a,GPU-b'",
    })
    void saysWhichOnesThereAre(String address, String listed, String error) {
        assertThatThrownBy(() -> new GpuAddress(address).among(FASTEST_FIRST, listed))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(error);
    }

    /** CUDA stops at the first entry that it does not know. */
    @Test
    void anEntryThatCudaPassesOverIsNoGpu() {
        assertThatThrownBy(() -> new GpuAddress("1").among(FASTEST_FIRST.subList(0, 1), "0,7,1"))
                .hasMessageContaining("Spark gave gpu 1");
    }
}
