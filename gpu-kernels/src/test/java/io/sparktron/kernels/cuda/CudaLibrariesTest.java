package io.sparktron.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process says of the libraries that it finds, each in a process of its own: a library is loaded once. */
@Tag("doubles")
class CudaLibrariesTest {
    private static final Path DOUBLES = Path.of(System.getenv("LD_LIBRARY_PATH"));
    private static final String ADVICE =
            "; install the CUDA 12 toolkit and set CUDA_HOME to its folder, or name the folder of these libraries in LD_LIBRARY_PATH";

    @TempDir
    private Path temporary;

    private Path libraries; // on the loader's path

    @BeforeEach
    void makeFolder() throws IOException {
        libraries = Files.createDirectory(temporary.resolve("libraries"));
    }

    @Test
    void withoutADriver() throws Exception {
        assertThat(reason(Map.of()))
                .isEqualTo(
                        "cannot load libcuda.so.1; install the NVIDIA driver of this machine's GPUs, and start a container with access to them");
    }

    @Test
    void withoutAToolkit() throws Exception {
        link(libraries, "libcuda.so.1", "libcuda.so.1");
        assertThat(reason(Map.of())).isEqualTo("cannot load libnvrtc.so.12, cannot load libcublas.so.12" + ADVICE);
        link(libraries, "libnvrtc.so.12", "libnvrtc.so.12");
        assertThat(reason(Map.of())).isEqualTo("cannot load libcublas.so.12" + ADVICE);
    }

    /** The functions are missing, not the file: JCuda would end the process with code 127. */
    @Test
    void withALibraryThatLacksFunctions() throws Exception {
        link(libraries, "libcuda.so.1", "libcuda.so.1");
        link(libraries, "libnvrtc.so.12", "libnvrtc.so.12");
        link(libraries, "libcublas.so.12", "libnvrtc.so.12");
        assertThat(reason(Map.of()))
                .matches(".*libcublas\\.so\\.12 lacks cublasGemmStridedBatchedEx, so it is too old; install .*");
    }

    @Test
    void withAFileThatIsNoLibrary() throws Exception {
        Files.writeString(libraries.resolve("libcuda.so.1"), "not a library");
        assertThat(reason(Map.of()))
                .matches("cannot load libcuda\\.so\\.1 \\(.*(file too short|invalid ELF header)\\); install .*");
    }

    @Test
    void fromTheToolkitsFolder() throws Exception {
        Path toolkit = Files.createDirectories(temporary.resolve("toolkit").resolve("lib64"));
        link(libraries, "libcuda.so.1", "libcuda.so.1");
        link(toolkit, "libnvrtc.so.12", "libnvrtc.so.12");
        link(toolkit, "libcublas.so.12", "libcublas.so.12");
        link(toolkit.getParent(), "lib", "."); // where the double of NVRTC looks for what it needs
        link(toolkit.getParent(), "toolkit", "../toolkit");
        List<String> lines = run(Map.of("CUDA_HOME", toolkit.getParent().toString()));
        assertThat(lines).hasSize(2).first().isEqualTo("4 GPUs");
        assertThat(lines.get(1))
                .startsWith("cuda: GPU 0 (")
                .contains(", kernels for compute_80, driver ")
                .endsWith(", 3 + 4 = 7.0");
    }

    /** Headers that do not compile are not used, nor is it an error that CUDA_HOME names them. */
    @Test
    void withHeadersOfAnotherCuda() throws Exception {
        libraries = DOUBLES;
        Path include = Files.createDirectories(temporary.resolve("toolkit").resolve("include"));
        for (String header : List.of("cuda_fp16.h", "cuda_bf16.h", "mma.h")) {
            Files.writeString(include.resolve(header), "#error -- of another CUDA\n");
        }
        assertThat(run(Map.of("CUDA_HOME", include.getParent().toString())).get(1))
                .contains(", kernels for compute_80, driver ")
                .endsWith(", 3 + 4 = 7.0");
    }

    /** Such a driver refuses the PTX of NVRTC 12.6, but not its machine code. */
    @Test
    void withADriverOlderThanTheCompiler() throws Exception {
        libraries = DOUBLES;
        assertThat(run(Map.of("SPARKTRON_PRETENDED_DRIVER", "12040")).get(1))
                .contains(", kernels for sm_80, driver for CUDA 12.4, NVRTC 12.6, ")
                .endsWith(", 3 + 4 = 7.0");
    }

    @Test
    void withADriverForWhichNothingCanBeCompiled() throws Exception {
        libraries = DOUBLES;
        assertThat(run(Map.of("SPARKTRON_PRETENDED_DRIVER", "12040", "SPARKTRON_PRETENDED_CAPABILITY", "88"))
                        .get(1))
                .isEqualTo(
                        "the driver, for CUDA 12.4, is older than libnvrtc.so.12, of CUDA 12.6, and runs nothing that"
                                + " this compiles for compute capability 8.8; install a driver for CUDA 12.6 or later, or the CUDA"
                                + " libraries of 12.4");
        assertThat(run(Map.of("SPARKTRON_PRETENDED_DRIVER", "11080")).get(1))
                .isEqualTo(
                        "the driver, for CUDA 11.8, is older than libnvrtc.so.12, of CUDA 12.6, and runs nothing that"
                                + " this compiles for compute capability 8.0; install a driver for CUDA 12.6 or later");
    }

    @Test
    void withoutGpus() throws Exception {
        libraries = DOUBLES;
        assertThat(run(Map.of("SPARKTRON_PRETENDED_GPUS", "0")))
                .first()
                .asString()
                .contains("failed with CUDA_ERROR_NO_DEVICE (100)")
                .endsWith("; look at nvidia-smi and at CUDA_VISIBLE_DEVICES");
    }

    @Test
    void withAGpuThatIsTooOld() throws Exception {
        libraries = DOUBLES;
        assertThat(run(Map.of("SPARKTRON_PRETENDED_CAPABILITY", "70")).get(1))
                .matches("GPU 0 \\(.*\\) has compute capability 7\\.0; legal: 7\\.5 \\(Turing\\) and later");
    }

    /** Processes that start at once, on one empty folder of temporary files: each has JCuda's libraries for itself, and leaves none. */
    @Test
    void severalProcessesAtOnce() throws Exception {
        Path shared = Files.createDirectory(temporary.resolve("shared"));
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            processes.add(GpuProgram.start(Map.of(), shared));
        }
        for (Process process : processes) {
            assertThat(GpuProgram.lines(process)).hasSize(2).first().isEqualTo("4 GPUs");
        }
        try (var left = Files.walk(shared)) {
            assertThat(left.map(Path::toString)).noneMatch(path -> path.contains("JCu") || path.contains("JNvrtc"));
        }
    }

    /** Why it sees no GPU, which is also why it cannot open one. */
    private String reason(Map<String, String> environment) throws Exception {
        List<String> lines = run(environment);
        assertThat(lines).hasSize(2);
        assertThat(lines.get(0)).isEqualTo(lines.get(1));
        return lines.get(1);
    }

    private List<String> run(Map<String, String> changes) throws Exception {
        Map<String, String> environment =
                new HashMap<>(Map.of("LD_LIBRARY_PATH", libraries.toString(), "CUDA_HOME", "/nowhere"));
        environment.putAll(changes);
        return GpuProgram.lines(GpuProgram.start(environment, temporary));
    }

    private static void link(Path folder, String name, String target) throws IOException {
        Files.createSymbolicLink(folder.resolve(name), DOUBLES.resolve(target));
    }
}
