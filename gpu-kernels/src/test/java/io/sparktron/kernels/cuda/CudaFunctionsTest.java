package io.sparktron.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.StagedKernels;
import io.sparktron.kernels.host.KernelBits;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("doubles")
class CudaFunctionsTest {
    private final CudaDevice device = CudaDevice.open(0);
    private final Queue queue = device.newQueue("test");
    private final CudaFunction sum = device.functions().get("optimization.cu", DType.FLOAT32, "sum_floats");
    private final Tensor x = new Tensor(device.allocator().allocate("x", 64), 0, DType.FLOAT32, Shape.of(16));

    @AfterEach
    void close() {
        device.close();
    }

    @Test
    void parametersAreThoseOfTheKernel() {
        String kernel = "kernel sum_floats of optimization.cu in float32: ";
        String parameters = ", its parameters are (const float* x, long long n, double* total)";
        assertThatThrownBy(() -> sum.launch(queue).pass(x).pass(16))
                .hasMessage(kernel + "parameter 1 is passed as int" + parameters);
        assertThatThrownBy(() -> sum.launch(queue).pass(1f))
                .hasMessage(kernel + "parameter 0 is passed as float" + parameters);
        assertThatThrownBy(() -> sum.launch(queue).pass(x).pass(16L).go())
                .hasMessage(kernel + "2 parameters are passed" + parameters);
        assertThatThrownBy(() -> sum.launch(queue).pass(x).pass(16L).pass(x).pass(x))
                .hasMessage(kernel + "parameter 3 is passed as a tensor" + parameters);
    }

    @Test
    void aLaunchEndsBeforeTheNextBegins() {
        CudaLaunch begun = sum.launch(queue);
        assertThatThrownBy(() -> sum.launch(queue))
                .hasMessageMatching(
                        "kernel sum_floats .* is to be launched on queue test before go\\(\\) of kernel sum_floats .*");
        begun.pass(x).pass(16L).pass(x).grid(0).go();
        sum.launch(queue).pass(x).pass(0L).pass(x).threads(544).go();
        queue.awaitHost();
    }

    @Test
    void shapesAreThoseOfGpus() {
        for (CudaLaunch launch : new CudaLaunch[] {
            sum.launch(queue).threads(1025),
            sum.launch(device.newQueue("b")).grid(1, 65536),
            sum.launch(device.newQueue("c")).grid(1L << 31)
        }) {
            launch.pass(x).pass(16L).pass(x);
            assertThatThrownBy(launch::go)
                    .hasMessageMatching(
                            "kernel sum_floats .* is to be launched with .* blocks of .*; legal: at most 2147483647 x 65535 x"
                                    + " 65535 blocks of 1 to 1024 threads");
        }
    }

    /** What the driver itself refuses: more shared memory than a block may have. */
    @Test
    void whatTheDriverRefusesNamesTheKernel() {
        assertThatThrownBy(() -> sum.launch(queue)
                        .pass(x)
                        .pass(16L)
                        .pass(x)
                        .threads(544)
                        .shared(1 << 20)
                        .go())
                .isInstanceOf(CudaException.class)
                .hasMessageStartingWith(
                        "cuLaunchKernel of kernel sum_floats of optimization.cu in float32 with 1 x 1 x 1 blocks of 544 x 1"
                                + " threads and 1048576 bytes of shared memory failed with CUDA_ERROR_");
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThatThrownBy(() -> device.functions().get("nothing.cu", DType.FLOAT32, "f"))
                .hasMessage("no nothing.cu among the kernel sources");
        assertThatThrownBy(() -> device.functions().get("optimization.cu", DType.FLOAT32, "sum_float"))
                .hasMessage("no kernel sum_float in optimization.cu");
    }

    @Test
    void theCompilersLogIsInTheError(@TempDir Path folder) {
        KernelSource source = new KernelSource(
                "wrong.cu",
                "#include \"part.cuh\"\nextern \"C\" __global__ void f() { int i = }\n",
                Map.of("part.cuh", ""));
        KernelCompiler compiler =
                new KernelCompiler(new KernelTarget(80, false), null, KernelCache.at(folder.resolve("cache")));
        assertThatThrownBy(() -> compiler.compile(source, DType.BFLOAT16))
                .isInstanceOf(CudaException.class)
                .hasMessageStartingWith(
                        "nvrtcCompileProgram of wrong.cu with --gpu-architecture=compute_80 -std=c++17 -DELEMENT=1 failed with NVRTC_ERROR_COMPILATION (6):\n")
                .hasMessageContaining("wrong.cu")
                .hasMessageContaining("error");
        assertThat(folder.resolve("cache")).isEmptyDirectory();
    }

    /** The second compiler finds what the first compiled; a torn file is compiled again. */
    @Test
    void compiledOnceForAllProcesses(@TempDir Path folder) throws IOException {
        KernelSource source = new KernelSource("f.cu", "extern \"C\" __global__ void f() {}\n", Map.of());
        byte[] first = compiler(folder).compile(source, DType.FLOAT32);
        Path file;
        try (var files = Files.list(folder.resolve("cache"))) {
            file = files.toList().get(0);
        }
        Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
        assertThat(compiler(folder).compile(source, DType.FLOAT32)).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(file).toMillis()).isEqualTo(1000);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        compiler(folder).compile(source, DType.FLOAT32);
        assertThat(Files.size(file)).isGreaterThan(whole.length / 2);
        compiler(folder).compile(source, DType.FLOAT16);
        try (var files = Files.list(folder.resolve("cache"))) {
            assertThat(files).hasSize(2);
        }
    }

    private static KernelCompiler compiler(Path folder) {
        return new KernelCompiler(new KernelTarget(80, false), null, KernelCache.at(folder.resolve("cache")));
    }

    /** Ranks that are threads of one process could wait for each other in the driver. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16", "FLOAT16"})
    void allIsLoadedBeforeTheFirstKernelRuns(DType type) {
        long before = device.functions().loaded();
        CudaKernels kernels = new CudaKernels(device, type);
        long loaded = device.functions().loaded();
        assertThat(loaded - before).isEqualTo(type == DType.FLOAT32 ? 7 : 8);
        assertThat(KernelBits.of(StagedKernels.over(kernels, 0), type)).hasSizeGreaterThan(20);
        assertThat(device.functions().loaded()).isEqualTo(loaded);
    }

    @Test
    void compilesForWhatBothKnow() {
        assertThat(Nvrtc.architecture(75)).isEqualTo(75);
        assertThat(Nvrtc.architecture(80)).isEqualTo(80);
        assertThat(Nvrtc.architecture(999)).isBetween(90, 121);
        assertThatThrownBy(() -> Nvrtc.architecture(10))
                .hasMessageMatching(
                        "libnvrtc.so.12 12\\.\\d+ compiles for no architecture up to 10; install that of CUDA 12.4 or later");
    }
}
