package io.sparktron.collective.nccl;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NcclEnvironmentTest {
    @ParameterizedTest(name = "{0}, {1} GPUs")
    @CsvSource({"22304, 2, true", "22304, 8, true", "22304, 1, false", "22403, 8, false", "22703, 2, false"})
    void warnsOfContextsOnADeviceThatARankDoesNotUse(int version, int gpus, boolean warns) {
        assertThat(NcclEnvironment.warning(version, gpus).isPresent()).isEqualTo(warns);
    }
}
