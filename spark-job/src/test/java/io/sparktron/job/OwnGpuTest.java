package io.sparktron.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;

class OwnGpuTest {
    private static Map<String, ResourceInformation> gpus(String... addresses) {
        return Map.of("gpu", new ResourceInformation("gpu", addresses));
    }

    @Test
    void isTheOneThatSparkNamesByUuid() {
        assertThat(OwnGpu.only(gpus("GPU-a"))).contains("GPU-a");
        assertThat(OwnGpu.only(gpus("GPU-a", "GPU-b"))).isEmpty();
        assertThat(OwnGpu.only(gpus("3"))).isEmpty();
        assertThat(OwnGpu.only(gpus())).isEmpty();
        assertThat(OwnGpu.only(Map.of())).isEmpty();
    }
}
