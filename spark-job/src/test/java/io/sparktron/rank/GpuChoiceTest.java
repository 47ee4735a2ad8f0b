package io.sparktron.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.tokens.InvalidInputException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GpuChoiceTest {
    private static final GpuOffer NONE = new GpuOffer.None("cannot load libcuda.so.1");

    private static CudaGpu gpu(String uuid) {
        return new CudaGpu(0, uuid, "H100", "0000:01:00", 80L << 30);
    }

    private static GpuOffer given(String uuid) {
        return new GpuOffer.Given(gpu(uuid));
    }

    private static GpuOffer shared(String... uuids) {
        return new GpuOffer.Shared(Arrays.stream(uuids).map(GpuChoiceTest::gpu).toList());
    }

    private static GpuChoice choose(GpuUse use, GpuOffer... byRank) {
        return GpuChoice.of(use, List.of(byRank), List.of("a", "a", "b", "b").subList(0, byRank.length));
    }

    @ParameterizedTest
    @EnumSource(names = {"IF_ALL", "ALWAYS"})
    void everyRankComputesOnItsOwn(GpuUse use) {
        GpuChoice choice = choose(use, given("GPU-2"), given("GPU-1"));
        assertThat(choice.gpu(0)).hasValue(gpu("GPU-2"));
        assertThat(choice.gpu(1)).hasValue(gpu("GPU-1"));
        assertThat(choice.describe().orElseThrow())
                .startsWith("device.kind = " + use)
                .endsWith("2 x H100");
    }

    /** Also where what counts as hosts are addresses of one machine: there, all see the same GPUs. */
    @Test
    void ranksThatSeeTheSameTakeTheirsInTurn() {
        GpuOffer one = shared("GPU-1", "GPU-2");
        GpuOffer other = shared("GPU-3", "GPU-4");
        assertThat(choose(GpuUse.ALWAYS, one, other, one, other).byRank())
                .extracting(CudaGpu::uuid)
                .containsExactly("GPU-1", "GPU-3", "GPU-2", "GPU-4");
    }

    @Test
    void nobodyLooksWhereProcessorsAreMeant() {
        assertThat(choose(GpuUse.NEVER, given("GPU-1"), NONE)).isEqualTo(GpuChoice.HOST);
        assertThat(GpuChoice.HOST.describe()).isEmpty();
    }

    @Test
    void autoIsProcessorsWhereNoRankHasOneAndSaysWhy() {
        GpuChoice choice = choose(GpuUse.IF_ALL, NONE, NONE);
        assertThat(choice.gpu(1)).isEmpty();
        assertThat(choice.describe())
                .hasValue("device.kind = auto: host, since no rank has a GPU: cannot load libcuda.so.1");
    }

    @Test
    void autoRefusesAMixture() {
        assertThatThrownBy(() -> choose(GpuUse.IF_ALL, given("GPU-1"), NONE, given("GPU-2")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("device.kind = auto, but ranks 0, 2 (host a) could compute on GPUs and rank 1 (host a) not:"
                        + " cannot load libcuda.so.1; give every rank a GPU, or set device.kind = host to use none");
    }

    @Test
    void cudaNeverFallsBack() {
        assertThatThrownBy(() -> choose(GpuUse.ALWAYS, given("GPU-1"), given("GPU-2"), NONE))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("device.kind = cuda, but rank 2 (host b) has no GPU: cannot load libcuda.so.1");
    }

    @ParameterizedTest
    @EnumSource(names = {"IF_ALL", "ALWAYS"})
    void twoRanksOnOneAreRefused(GpuUse use) {
        assertThatThrownBy(() -> choose(use, given("GPU-1"), given("GPU-2"), given("GPU-1")))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("ranks 0 and 2 (host b) were both given GPU-1 (H100);")
                .hasMessageContaining("spark.task.resource.gpu.amount must be 1");
    }

    @ParameterizedTest
    @EnumSource(names = {"IF_ALL", "ALWAYS"})
    void aMachineWithTooFewIsRefused(GpuUse use) {
        GpuOffer two = shared("GPU-1", "GPU-2");
        assertThatThrownBy(() -> choose(use, two, two, two))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("ranks 0, 1, 2 run on host a, where CUDA shows 2 GPUs;")
                .hasMessageContaining("choose a smaller layout, or set device.kind = host");
    }
}
