package io.sparktron.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("doubles")
class CudaHeadersTest {
    private static final Path GOOD = Path.of(System.getenv("CUDA_HOME"), "include");
    private static final KernelTarget TARGET = new KernelTarget(80, false);

    @TempDir
    private Path temporary;

    @BeforeAll
    static void load() {
        CudaLibraries.load();
    }

    /** A copy of headers that work, of which one does not. */
    private Path broken(String name, String header) throws IOException {
        Path folder = Files.createDirectory(temporary.resolve(name));
        for (String each : List.of("cuda_fp16.h", "cuda_bf16.h", "mma.h")) {
            Files.copy(GOOD.resolve(each), folder.resolve(each));
        }
        Files.writeString(folder.resolve(header), "#error of another CUDA\n");
        return folder;
    }

    private Path choose(Path... folders) {
        return CudaHeaders.choose(TARGET, List.of(folders), KernelCache.at(temporary.resolve("cache")));
    }

    @Test
    void theFirstThatCompile() throws IOException {
        assertThat(choose(GOOD)).isEqualTo(GOOD);
        for (String header : List.of("cuda_fp16.h", "cuda_bf16.h", "mma.h")) {
            assertThat(choose(broken("without-" + header, header), GOOD)).isEqualTo(GOOD);
        }
        assertThat(choose()).isNull();
    }

    /** Every device of the process asks. */
    @Test
    void oneWarningWhereNoneCompile() throws IOException {
        Path one = broken("one", "mma.h");
        Path other = broken("other", "cuda_fp16.h");
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertThat(choose(one, other)).isNull();
            assertThat(choose(one, other)).isNull();
        } finally {
            System.setErr(before);
        }
        assertThat(said.toString(StandardCharsets.UTF_8).lines())
                .singleElement()
                .asString()
                .matches(".*NVRTC 12\\.6 does not compile CUDA's headers in " + one + " \\(.*error.*\\), " + other
                        + " \\(.*error.*\\): .*; set CUDA_HOME to the folder of a toolkit of CUDA 12\\.6");
    }
}
