package io.sparktron.gpucheck;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.kernels.InterceptedKernels;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.check.KernelSpeeds;
import io.sparktron.kernels.check.ModelProduct;
import io.sparktron.kernels.check.Outcome;
import io.sparktron.kernels.check.Speed;
import io.sparktron.kernels.check.Stopwatch;
import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The report, with processors in place of GPUs. */
@Timeout(300)
class GpuCheckTest {
    private static final DeviceConfig HOST = new DeviceConfig(DeviceConfig.Kind.HOST, 1);
    private static final List<String> MODELS = List.of("NVIDIA H100 80GB HBM3", "NVIDIA H100 80GB HBM3");

    /** Everything but training, which {@link TracesTest} looks at: two devices, of which the second has a kernel that is wrong. */
    @Test
    void namesTheKernelTypeAndDeviceThatAreOff() {
        UnaryOperator<Kernels> plant = kernels -> new InterceptedKernels(kernels, kernels.device(), (queue, call) -> {
            call.accept(queue);
            if (call.name().equals("biasTanh")
                    && Thread.currentThread().getName().equals("rank-1")) {
                Tensor y = (Tensor) call.arguments()[2];
                if (y.elements() > 0) {
                    Elements.add(y, y.elements() - 1, 1);
                }
            }
        });
        GpuCheckRequest some =
                new GpuCheckRequest(OptionalInt.of(2), List.of("elementwise.biasTanh", "elementwise.biasGelu"), false);
        GpuCheck check = new GpuCheck(some, HOST, MODELS, line -> {}, plant);
        List<Outcome> outcomes = check.kernels(Precision.FP32);
        assertThat(outcomes).filteredOn(outcome -> !outcome.isOk()).isNotEmpty().allSatisfy(outcome -> {
            assertThat(outcome.kernel()).isEqualTo("elementwise.biasTanh");
            assertThat(outcome.problem()).contains(": off by ", " times the bound", "(GPU 1)");
        });
        GpuReport report = new GpuReport(MODELS, outcomes, List.of());
        assertThat(report.exitCode()).isEqualTo(1);
        assertThat(report.text())
                .startsWith("2 x NVIDIA H100 80GB HBM3\n")
                .containsPattern("elementwise\\.biasTanh +OFF .* x *\n")
                .containsPattern("elementwise\\.biasGelu +ok +\\d+ %\n")
                .containsPattern("off: elementwise\\.biasTanh float32 \\[1, 1\\]: y\\[0\\] .* \\(GPU 1\\)\n")
                .containsPattern("and \\d+ more of this kernel and type")
                .matches("(?s).*\\d+ of [\\d,]+ checks are off");
    }

    @Test
    void aDeviceThatFailsOnAndOnIsGivenUp() {
        GpuCheck check = new GpuCheck(
                GpuCheckRequest.of(1),
                HOST,
                MODELS.subList(0, 1),
                line -> {},
                kernels -> new InterceptedKernels(kernels, kernels.device(), (queue, call) -> {
                    throw new IllegalStateException("CUDA_ERROR_ILLEGAL_ADDRESS (700)");
                }));
        List<Outcome> outcomes = check.kernels(Precision.BF16);
        assertThat(outcomes).hasSize(6);
        assertThat(outcomes.get(0).problem()).endsWith("CUDA_ERROR_ILLEGAL_ADDRESS (700)");
        assertThat(outcomes.get(5).problem()).isEqualTo("not run: the device has failed 5 times in a row");
        assertThat(outcomes.get(5).operands()).isEqualTo("and all that follow");
    }

    @Test
    void collectivesAreOfAllDevices() {
        GpuCheck check = new GpuCheck(GpuCheckRequest.of(2), HOST, MODELS, line -> {}, UnaryOperator.identity());
        assertThat(check.collectives())
                .allMatch(Outcome::isOk)
                .anyMatch(outcome -> outcome.operands().contains("of 2 ranks"));
    }

    @Test
    void speedsAreHeldAgainstTheCopyAndThePeak() {
        List<Speed> speeds = List.of(
                new Speed(KernelSpeeds.COPY, DType.BFLOAT16, "[2]", 3e12, 0, 1),
                new Speed("elementwise.biasGelu", DType.BFLOAT16, "[2]", 1.5e12, 0, 1),
                new Speed("matrix.multiply", DType.BFLOAT16, "logits", 0, 494.5e12, 1));
        GpuReport report = new GpuReport(MODELS, List.of(ok()), speeds);
        assertThat(report.exitCode()).isZero();
        assertThat(report.text())
                .containsPattern("elementwise\\.biasGelu +bfloat16 +1500 +50 % +1000\\.000\n")
                .contains("the copy itself reaches 90 % of the 3.35 TB/s that H100 has")
                .containsPattern("logits +bfloat16 +494\\.5 +50 % +1000\\.000\n")
                .endsWith("all 1 checks passed");
        assertThat(new GpuReport(List.of("Some GPU"), List.of(ok()), speeds).text())
                .containsPattern("logits +bfloat16 +494\\.5 +1000\\.000\n");
    }

    @Test
    void jsonHasAllOfIt() throws Exception {
        List<Outcome> outcomes = new ArrayList<>(List.of(ok()));
        for (int i = 0; i < 10; i++) {
            outcomes.add(new Outcome("attention.forward", DType.FLOAT16, "[" + i + "]", 3, "off by 3"));
        }
        JsonNode json = new ObjectMapper().readTree(new GpuReport(MODELS, outcomes, List.of()).json());
        assertThat(json.get("exit").asInt()).isEqualTo(1);
        assertThat(json.get("devices")).hasSize(2);
        assertThat(json.at("/checks/0/kernel").asText()).isEqualTo("attention.forward");
        assertThat(json.at("/checks/0/type").asText()).isEqualTo("float16");
        assertThat(json.at("/checks/0/problems")).hasSize(10);
        assertThat(json.at("/checks/1/worst_share_of_bound").asDouble()).isEqualTo(0.25);
    }

    private static Outcome ok() {
        return new Outcome("elementwise.add", DType.FLOAT32, "[3]", 0.25, "");
    }

    @Test
    void ofEachCallTheSlowestDeviceIsTold() {
        List<Speed> slowest = GpuCheck.slowest(List.of(
                List.of(taking("copy", 2), taking("matrix.multiply", 5), taking("collective.allReduce", 3)),
                List.of(taking("copy", 4), taking("matrix.multiply", 1), taking("collective.allReduce", 3)),
                List.of(taking("copy", 3), taking("matrix.multiply", 2), taking("collective.allReduce", 7))));
        assertThat(slowest)
                .containsExactly(taking("copy", 4), taking("matrix.multiply", 5), taking("collective.allReduce", 7));
    }

    private static Speed taking(String kernel, double seconds) {
        return new Speed(kernel, DType.BFLOAT16, "[2]", 1e9, 0, seconds);
    }

    @Test
    void speedWorkRunsOnEveryDevice() {
        GpuCheck check = new GpuCheck(GpuCheckRequest.of(2), HOST, MODELS, line -> {}, UnaryOperator.identity());
        SpeedWork work = new SpeedWork(
                new KernelSpeeds.Scale(32, 24, 8, 50, 2, 8, 2, 8),
                ModelProduct.of(2, 8).subList(0, 3),
                1000,
                new Stopwatch(0));
        List<Speed> speeds = check.speeds(Precision.FP32, work);
        assertThat(speeds).allMatch(speed -> speed.seconds() > 0);
        assertThat(speeds).extracting(Speed::kernel).contains("copy", "matrix.multiply", "collective.allReduce");
        assertThat(speeds)
                .filteredOn(speed -> speed.kernel().equals("collective.allReduce"))
                .singleElement()
                .matches(speed -> speed.bytes() == 4000);
    }
}
