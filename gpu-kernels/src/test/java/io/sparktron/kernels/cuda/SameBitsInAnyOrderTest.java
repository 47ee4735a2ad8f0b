package io.sparktron.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.kernels.StagedKernels;
import io.sparktron.kernels.host.KernelBits;
import io.sparktron.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every kernel but the matrix product has the same bits in whatever order a GPU runs blocks and the threads of a block: what is added in an order of chance, or read before it is
 * written, shows.
 */
@Tag("doubles")
class SameBitsInAnyOrderTest {
    private static List<String> expected;

    /** Prints the checksums of all outputs in all types; the environment says in which order the pretended GPU works. */
    public static void main(String[] arguments) {
        Map<String, Long> all = new LinkedHashMap<>();
        try (CudaDevice device = CudaDevice.open(0)) {
            for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
                KernelBits.of(StagedKernels.over(new CudaKernels(device, type), 0), type)
                        .forEach((output, checksum) -> all.put(type + " " + output, checksum));
            }
        }
        KernelBits.print(all);
    }

    @BeforeAll
    static void forward() throws Exception {
        expected = in("forward");
        assertThat(new TreeSet<>(expected)).hasSizeGreaterThan(60);
    }

    @ParameterizedTest
    @ValueSource(strings = {"forward", "reverse", "random:1", "random:2"})
    void inAnotherOrder(String order) throws Exception {
        assertThat(in(order)).isEqualTo(expected);
    }

    private static List<String> in(String order) throws IOException, InterruptedException {
        ProcessBuilder process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SameBitsInAnyOrderTest.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        process.environment().put("SPARKTRON_FIBER_ORDER", order);
        Process running = process.start();
        String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(running.waitFor()).as("exit code in order %s", order).isZero();
        return output.lines().toList();
    }
}
