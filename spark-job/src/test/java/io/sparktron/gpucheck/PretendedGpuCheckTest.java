package io.sparktron.gpucheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.InterceptedKernels;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.check.KernelSpeeds;
import io.sparktron.kernels.check.ModelProduct;
import io.sparktron.kernels.check.Outcome;
import io.sparktron.kernels.check.Speed;
import io.sparktron.kernels.check.Stopwatch;
import io.sparktron.tensor.Tensor;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Precision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole way of the command on pretended GPUs: devices, CUDA kernels, NCCL, training. */
@Tag("doubles")
@Timeout(300)
class PretendedGpuCheckTest {
    @Test
    void kernelsAndCollectivesOfTwoGpusPass() {
        List<String> progress = new ArrayList<>();
        GpuReport report = GpuCheck.run(
                request(2, "normalization", "matrix", "collective"), progress::add, UnaryOperator.identity());
        assertThat(report.outcomes()).allMatch(Outcome::isOk);
        assertThat(report.exitCode()).isZero();
        assertThat(report.devices()).containsOnly("Pretended GPU").hasSize(2);
        assertThat(report.speeds()).as("nobody's speed").isEmpty();
        assertThat(report.text())
                .startsWith("2 x Pretended GPU\n")
                .containsPattern("matrix\\.multiply +ok +\\d+ % +ok +\\d+ % +ok +\\d+ %\n")
                .containsPattern("collective\\.allReduce +ok ")
                .endsWith(" checks passed");
        assertThat(progress).contains("kernels and products in bf16", "collectives");
    }

    /** Heads that a blocked attention takes and heads that it does not; the command does it in all precisions. */
    @Test
    void trainingAgreesWithProcessors() {
        GpuCheck check = new GpuCheck(
                request(1),
                new DeviceConfig(DeviceConfig.Kind.CUDA, 1),
                List.of("Pretended GPU"),
                line -> {},
                UnaryOperator.identity());
        assertThat(check.training(Precision.BF16)).hasSize(2).allMatch(Outcome::isOk);
    }

    /** One element of one kernel's result on a GPU, a little too large. */
    @Test
    void aWrongKernelOfAGpuIsNamedAndEndsWithCodeOne() {
        UnaryOperator<Kernels> plant = kernels -> new InterceptedKernels(kernels, kernels.device(), (queue, call) -> {
            call.accept(queue);
            if (call.name().equals("biasGelu")) {
                Tensor y = ((Tensor) call.arguments()[2]).view(((Tensor) call.arguments()[2]).elements());
                Tensor last = y.rows(Math.max(0, y.elements() - 1), Math.min(1, y.elements()));
                kernels.elementwise().fill(queue, last, 3);
            }
        });
        GpuReport report = GpuCheck.run(request(1, "elementwise.bias"), line -> {}, plant);
        assertThat(report.exitCode()).isEqualTo(1);
        assertThat(report.outcomes())
                .filteredOn(outcome -> !outcome.isOk())
                .isNotEmpty()
                .allMatch(outcome -> outcome.kernel().equals("elementwise.biasGelu"));
        assertThat(report.text()).contains("off: elementwise.biasGelu bfloat16 [1, 1]: y[0] of [1, 1] is 3.0, must be");
    }

    /** What is timed on real GPUs runs on pretended ones, on operands that are small; the figures are nobody's. */
    @Test
    void whatIsTimedRuns() {
        GpuCheck check = new GpuCheck(
                request(2),
                new DeviceConfig(DeviceConfig.Kind.CUDA, 1),
                List.of("Pretended GPU", "Pretended GPU"),
                line -> {},
                UnaryOperator.identity());
        SpeedWork work = new SpeedWork(
                new KernelSpeeds.Scale(64, 24, 8, 50, 2, 16, 2, 64),
                ModelProduct.of(2, 8).subList(0, 3),
                1000,
                new Stopwatch(0));
        assertThat(check.speeds(Precision.BF16, work))
                .allMatch(speed -> speed.seconds() > 0)
                .extracting(Speed::kernel)
                .contains("copy", "attention.backward", "matrix.multiply", "collective.allReduce");
    }

    @Test
    void whatCannotBeCheckedIsRefused() {
        assertThatThrownBy(() -> GpuCheck.run(request(5), line -> {}))
                .isInstanceOf(InvalidInputException.class)
                .hasMessage("gpu-check.devices = 5, but this process sees 4; legal: at most that");
        assertThatThrownBy(() -> GpuCheck.run(request(1, "normalisation"), line -> {}))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(
                        "gpu-check.only = normalisation begins the name of no check; legal: attention.backward, ");
    }

    private static GpuCheckRequest request(int devices, String... only) {
        return new GpuCheckRequest(OptionalInt.of(devices), Arrays.asList(only), true);
    }
}
