package io.sparktron.kernels.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.InterceptedKernels;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.host.Elements;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.kernels.host.WidenedKernels;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is measured, on operands so small that it takes no time. */
class SpeedsTest {
    private static final KernelSpeeds.Scale SMALL = new KernelSpeeds.Scale(32, 24, 8, 50, 2, 8, 2, 8);

    private static final Stopwatch HASTY = new Stopwatch(0);

    /** Those that work on a few numbers, or on one after the other. */
    private static final Set<String> NOT_TIMED = Set.of(
            "crossEntropy.losses",
            "crossEntropy.correct",
            "optimization.sum",
            "optimization.lossGradients",
            "optimization.decide");

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
    void everyKernelThatSizeBoundsIsTimed(DType type) {
        try (HostDevice device = new HostDevice(1)) {
            Kernels host = new HostKernels(device);
            Kernels kernels = type == DType.FLOAT32 ? host : WidenedKernels.over(host);
            List<Speed> speeds = KernelSpeeds.measure(kernels, device.newQueue("time"), type, SMALL, HASTY);
            Set<String> timed = new TreeSet<>();
            speeds.forEach(
                    speed -> timed.add(speed.kernel().equals(KernelSpeeds.COPY) ? "elementwise.copy" : speed.kernel()));
            timed.add("matrix.multiply");
            assertThat(timed)
                    .containsExactlyElementsOf(KernelChecksTest.kernels()
                            .filter(kernel -> !NOT_TIMED.contains(kernel))
                            .sorted()
                            .toList());
            assertThat(speeds).allMatch(speed -> speed.type() == type && speed.seconds() > 0);
            assertThat(speeds).allMatch(speed -> speed.bytes() > 0 ^ speed.operations() > 0);
        }
    }

    @Test
    void copiesMoveEachByteTwiceAndCausalAttentionHasHalfTheProducts() {
        try (HostDevice device = new HostDevice(1)) {
            List<Speed> speeds =
                    KernelSpeeds.measure(new HostKernels(device), device.newQueue("time"), DType.FLOAT32, SMALL, HASTY);
            assertThat(speeds.get(0)).matches(copy -> copy.kernel().equals("copy") && copy.bytes() == 2 * 4 * 32 * 24);
            assertThat(speeds)
                    .filteredOn(speed -> speed.kernel().equals("attention.forward"))
                    .singleElement()
                    .matches(forward -> forward.operations() == 2.0 * 2 * (2 * 2 * 8 * 8 * 8) / 2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void productsOfModelsAreRight(DType type) {
        try (HostDevice device = new HostDevice(2)) {
            Kernels host = new HostKernels(device);
            Kernels kernels = type == DType.FLOAT32 ? host : WidenedKernels.over(host);
            for (ModelProduct product : ModelProduct.of(5, 8)) {
                Outcome outcome = product.check(kernels, device.newQueue("check"), type);
                assertThat(outcome.problem()).as(outcome.toString()).isEmpty();
            }
        }
    }

    /** Every matrix of both models, three products each, of which forward alone makes the known 2 operations a parameter and token. */
    @Test
    void productsOfModelsAreThoseOfTheirLayers() {
        List<ModelProduct> products = ModelProduct.of(10, 1, 2);
        assertThat(products).hasSize(2 * 2 * 5 * 3).doesNotHaveDuplicates();
        assertThat(products.stream()
                        .filter(product -> product.name().startsWith("GPT-2 124M")
                                && !product.name().contains("/"))
                        .mapToDouble(ModelProduct::operations)
                        .sum())
                .isEqualTo(3 * 2 * 10 * (12.0 * 768 * 768 + 768.0 * 50_304));
        assertThat(new HashSet<>(products.stream().map(ModelProduct::toString).toList()))
                .hasSize(products.size());
    }

    @Test
    void aRowOfAProductThatIsWrongIsFound() {
        try (HostDevice device = new HostDevice(1)) {
            Kernels host = new HostKernels(device);
            Kernels wrong = new InterceptedKernels(host, device, (queue, kernel) -> {
                kernel.accept(queue);
                if (kernel.name().equals("multiply")) {
                    Tensor c = (Tensor) kernel.arguments()[5];
                    Elements.add(c, c.elements() - 1, 1);
                }
            });
            Outcome outcome = ModelProduct.of(5, 8).get(0).check(wrong, device.newQueue("check"), DType.FLOAT32);
            assertThat(outcome.problem()).startsWith("c[4, 287] is ").contains("times the bound");
        }
    }
}
