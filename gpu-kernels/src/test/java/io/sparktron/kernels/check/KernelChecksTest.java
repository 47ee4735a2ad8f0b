package io.sparktron.kernels.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.InterceptedKernels;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.host.Elements;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.kernels.host.WidenedKernels;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The checks pass where kernels are right, and name the kernel that is not. */
class KernelChecksTest {
    private static final List<DType> TYPES = List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16);

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
    void theHostIsRight(DType type) {
        try (HostDevice device = new HostDevice(2)) {
            Kernels host = new HostKernels(device);
            Checker checker = new Checker(type == DType.FLOAT32 ? host : WidenedKernels.over(host));
            Map<String, Double> shares = new TreeMap<>();
            for (Check check : KernelChecks.of(type)) {
                Outcome outcome = checker.run(check);
                assertThat(outcome.problem()).as(outcome.toString()).isEmpty();
                shares.merge(outcome.kernel(), outcome.share(), Math::max);
            }
            shares.forEach((kernel, share) -> System.out.printf("%s %s: %.0f %%%n", type, kernel, 100 * share));
        }
    }

    /** Interface and method of every kernel there is. */
    static Stream<String> kernels() {
        return Arrays.stream(Kernels.class.getMethods())
                .filter(room -> room.getReturnType().isInterface())
                .flatMap(room -> Arrays.stream(room.getReturnType().getMethods())
                        .filter(method ->
                                method.getParameterCount() > 0 && method.getParameterTypes()[0] == Queue.class)
                        .map(method -> room.getName() + "." + method.getName()));
    }

    @Test
    void everyKernelIsCheckedInEveryType() {
        for (DType type : TYPES) {
            TreeSet<String> checked = new TreeSet<>();
            KernelChecks.of(type).forEach(check -> checked.add(check.kernel()));
            assertThat(checked)
                    .containsExactlyElementsOf(new TreeSet<>(kernels().toList()));
        }
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aWrongElementIsFoundAndItsKernelNamed(String kernel) {
        try (HostDevice device = new HostDevice(1)) {
            Checker checker = new Checker(corrupted(new HostKernels(device), kernel));
            List<Outcome> wrong = KernelChecks.of(DType.FLOAT32).stream()
                    .filter(check -> check.kernel().startsWith(kernel.replaceFirst("\\..*", "")))
                    .map(checker::run)
                    .filter(outcome -> !outcome.isOk())
                    .toList();
            assertThat(wrong).as("what is off with a wrong " + kernel).isNotEmpty();
            assertThat(wrong).extracting(Outcome::kernel).contains(kernel);
            assertThat(wrong.get(0).problem()).matches(".*\\[\\d+\\] of \\[.*\\] is .*, must be .*");
        }
    }

    @Test
    void aChangedInputIsFound() {
        try (HostDevice device = new HostDevice(1)) {
            Kernels host = new HostKernels(device);
            Kernels careless = new InterceptedKernels(host, device, (queue, kernel) -> {
                kernel.accept(queue);
                if (kernel.name().equals("biasGelu")) {
                    Tensor bias = (Tensor) kernel.arguments()[1];
                    Elements.add(bias, bias.elements() - 1, 1);
                }
            });
            assertThat(first(careless, "elementwise.biasGelu").problem()).startsWith("changed its input FLOAT32[1]");
        }
    }

    @Test
    void bitsThatDoNotRepeatAreFound() {
        try (HostDevice device = new HostDevice(1)) {
            Kernels host = new HostKernels(device);
            int[] calls = {0};
            Kernels unsteady = new InterceptedKernels(host, device, (queue, kernel) -> {
                kernel.accept(queue);
                if (kernel.name().equals("biasGelu") && calls[0]++ % 2 == 1) {
                    Tensor y = (Tensor) kernel.arguments()[2];
                    Elements.set(y, 0, Math.nextUp((float) Elements.get(y, 0)));
                }
            });
            assertThat(first(unsteady, "elementwise.biasGelu").problem())
                    .matches("y\\[0\\] is .* in one run and .* in the next");
        }
    }

    /** An exception is what a device without such a kernel, or a broken one, answers with. */
    @Test
    void aKernelThatFailsIsAProblem() {
        try (HostDevice device = new HostDevice(1)) {
            Kernels host = new HostKernels(device);
            Kernels broken = new InterceptedKernels(host, device, (queue, kernel) -> {
                throw new IllegalStateException("out of\n  order");
            });
            assertThat(first(broken, "elementwise.biasGelu").problem())
                    .isEqualTo("failed: java.lang.IllegalStateException: out of order");
        }
    }

    /** Within the roundings of the update, but not what its own parameter becomes in 16 bits. */
    @Test
    void weightsThatAreCutInsteadOfRoundedAreFound() {
        try (HostDevice device = new HostDevice(1)) {
            Kernels host = WidenedKernels.over(new HostKernels(device));
            Kernels cutting = new InterceptedKernels(host, device, (queue, kernel) -> {
                kernel.accept(queue);
                if (kernel.name().equals("adamW")) {
                    Tensor parameter = (Tensor) kernel.arguments()[5];
                    Tensor value = (Tensor) kernel.arguments()[9];
                    for (long i = 0; i < value.elements(); i++) {
                        int bits = Float.floatToRawIntBits((float) Elements.get(parameter, i));
                        Elements.set(value, i, Float.intBitsToFloat(bits & 0xffff0000));
                    }
                }
            });
            Check check = KernelChecks.of(DType.BFLOAT16).stream()
                    .filter(one -> one.kernel().equals("optimization.adamW")
                            && one.operands().equals("[17]"))
                    .findFirst()
                    .orElseThrow();
            assertThat(new Checker(cutting).run(check).problem())
                    .matches("value\\[\\d+\\] of \\[17\\] is .*, must be exactly .*");
        }
    }

    private static Outcome first(Kernels kernels, String kernel) {
        return new Checker(kernels)
                .run(KernelChecks.of(DType.FLOAT32).stream()
                        .filter(check -> check.kernel().equals(kernel))
                        .findFirst()
                        .orElseThrow());
    }

    /** Whatever the kernel has written last is a little off in its last element. */
    private static Kernels corrupted(Kernels host, String kernel) {
        InterceptedKernels.Interceptor corrupting = (queue, call) -> {
            Map<Tensor, double[]> before = new LinkedHashMap<>();
            for (Object argument : call.arguments()) {
                if (argument instanceof Tensor tensor && isFloating(tensor)) {
                    before.put(tensor, values(tensor));
                }
            }
            call.accept(queue);
            if (kernel.endsWith("." + call.name())) {
                before.forEach((tensor, values) -> {
                    if (!Arrays.equals(values, values(tensor))) {
                        long last = tensor.elements() - 1;
                        Elements.set(tensor, last, 1.25 * Elements.get(tensor, last) + 0.25);
                    }
                });
            }
        };
        Kernels wrong = new InterceptedKernels(host, host.device(), corrupting);
        String room = kernel.replaceFirst("\\..*", "");
        return new InterceptedKernels(
                host.device(),
                room.equals("matrix") ? wrong.matrix() : host.matrix(),
                room.equals("normalization") ? wrong.normalization() : host.normalization(),
                room.equals("attention") ? wrong.attention() : host.attention(),
                room.equals("elementwise") ? wrong.elementwise() : host.elementwise(),
                room.equals("embedding") ? wrong.embedding() : host.embedding(),
                room.equals("crossEntropy") ? wrong.crossEntropy() : host.crossEntropy(),
                room.equals("optimization") ? wrong.optimization() : host.optimization());
    }

    private static boolean isFloating(Tensor tensor) {
        return tensor.type() != DType.INT32 && tensor.type() != DType.INT64;
    }

    private static double[] values(Tensor tensor) {
        double[] values = new double[(int) tensor.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Elements.get(tensor, i);
        }
        return values;
    }
}
