package io.sparktron.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.rank.GpuOffer;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.ProcessFacts;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.TrainingMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GpuChecksTest {
    private static final long GIB = 1L << 30;
    private static final TrainingMemory NEED =
            new TrainingMemory(10 * GIB, 10 * GIB, 20 * GIB, 20 * GIB, GIB, 30 * GIB, 0, DeviceConfig.Kind.CUDA);

    private static GpuOffer given(String uuid, long gib) {
        return new GpuOffer.Given(new CudaGpu(0, uuid, "Pretended H100", "0000:01:00", gib * GIB));
    }

    private static List<Finding> check(GpuUse use, GpuOffer... offers) {
        List<RankReport> reports = new ArrayList<>();
        for (GpuOffer offer : offers) {
            ProcessFacts alike = Situations.process("a", reports.size() + 1L);
            ProcessFacts process = new ProcessFacts(
                    alike.host(),
                    alike.executor(),
                    alike.process(),
                    alike.spark(),
                    alike.localFolders(),
                    alike.network(),
                    alike.noNetwork(),
                    offer,
                    alike.driver(),
                    alike.serialization());
            reports.add(new RankReport(reports.size(), process, Situations.machine(4, 8 * GIB, 0), List.of()));
        }
        return new GpuChecks(reports, use, Optional.of(NEED)).findings();
    }

    @Test
    void saysWhichThereAreAndThatTheyAreLargeEnough() {
        List<Finding> findings = check(GpuUse.ALWAYS, given("GPU-1", 80), given("GPU-2", 80));
        assertThat(findings).noneMatch(finding -> finding.level().stops());
        assertThat(findings.get(0).found()).isEqualTo("device.kind = cuda: 2 x Pretended H100");
        assertThat(findings.get(1).found())
                .startsWith(
                        "all 2 ranks: Pretended H100 has 80.0 GiB, the rank needs 62.0 GiB, of which weights 10.0 GiB");
    }

    @Test
    void aGpuThatIsTooSmallIsNamedBeforeTheFirstStep() {
        Finding memory =
                check(GpuUse.IF_ALL, given("GPU-1", 80), given("GPU-2", 40)).get(2);
        assertThat(memory.level().stops()).isTrue();
        assertThat(memory.found())
                .startsWith("rank 1 (host a, executor")
                .contains("has 40.0 GiB, the rank needs 62.0 GiB");
        assertThat(memory.fix()).contains("parallel.tensor");
    }

    @Test
    void twoRanksOnOneAndRanksWithoutAreMistakes() {
        assertThat(check(GpuUse.ALWAYS, given("GPU-1", 80), given("GPU-1", 80)))
                .singleElement()
                .matches(finding -> finding.level().stops())
                .extracting(Finding::found)
                .asString()
                .contains("ranks 0 and 1 (host a) were both given GPU-1");
        assertThat(check(GpuUse.ALWAYS, given("GPU-1", 80), new GpuOffer.None("no driver")))
                .singleElement()
                .matches(finding -> finding.level().stops());
    }

    @Test
    void processorsNeedNone() {
        GpuOffer none = new GpuOffer.None("no driver");
        assertThat(check(GpuUse.NEVER, none)).isEmpty();
        assertThat(check(GpuUse.IF_ALL, none))
                .singleElement()
                .extracting(Finding::found)
                .isEqualTo("device.kind = auto: host, since no rank has a GPU: no driver");
    }

    @Test
    void executorsThatFindTheirGpusThemselvesMustBeToldHow() {
        assertThat(new GpuSettings(Situations.cluster("yarn"), DeviceConfig.Kind.CUDA).findings())
                .singleElement()
                .matches(finding -> finding.level().stops())
                .extracting(Finding::fix)
                .asString()
                .contains("--conf spark.executor.resource.gpu.discoveryScript=PATH of conf/find-gpus.sh");
        assertThat(new GpuSettings(Situations.cluster("spark://host:7077"), DeviceConfig.Kind.CUDA).findings())
                .isEmpty(); // its Workers find them
        assertThat(new GpuSettings(Situations.cluster("yarn"), DeviceConfig.Kind.AUTO).likely())
                .isEqualTo(DeviceConfig.Kind.HOST);
    }
}
