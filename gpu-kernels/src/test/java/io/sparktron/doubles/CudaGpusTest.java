package io.sparktron.doubles;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.kernels.cuda.CudaGpus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What CUDA tells of GPUs is what nvidia-smi does. */
@Tag("doubles")
class CudaGpusTest {
    @Test
    void areNamedAsNvidiaSmiNamesThem() throws IOException {
        List<CudaGpu> gpus = CudaGpus.visible();
        assertThat(gpus).extracting(CudaGpu::uuid).isEqualTo(query("uuid"));
        assertThat(gpus).extracting(CudaGpu::model).isEqualTo(query("name"));
        assertThat(gpus).extracting(CudaGpu::ordinal).containsExactly(0, 1, 2, 3);
        List<String> places = query("pci.bus_id").stream()
                .map(place -> place.split("\\.")[0].substring(4))
                .toList();
        assertThat(gpus).extracting(CudaGpu::bus).isEqualTo(places);
    }

    private static List<String> query(String field) throws IOException {
        Process process = new ProcessBuilder("nvidia-smi", "--query-gpu=" + field, "--format=csv,noheader").start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }
}
