package io.sparktron.doubles;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the doubles are for: a program that is wrong must not pass on them, and they say where it is wrong. */
@Tag("doubles")
class PlantedDefectTest {
    @ParameterizedTest
    @EnumSource(names = {"NONE", "EVENT"})
    void withoutDefectNothingIsSaid(PlantedDefect none) throws Exception {
        assertThat(outputOf(none)).isEqualTo("CUDA_SUCCESS");
    }

    /** @param line of the kernel's source that is at fault */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    OFF_BY_ONE_BOUND        | CUDA_ERROR_ILLEGAL_ADDRESS | twice     | y[i] = 2 * x[i];                                  | reads 4 bytes
                    USE_AFTER_FREE          | CUDA_ERROR_ILLEGAL_ADDRESS | twice     | y[i] = 2 * x[i];                                  | freed
                    MEMORY_OF_ANOTHER_GPU   | CUDA_ERROR_ILLEGAL_ADDRESS | twice     | y[i] = 2 * x[i];                                  | from GPU 0
                    MISSING_BARRIER         | CUDA_ERROR_LAUNCH_FAILED   | shifted   | y[threadIdx.x] = tile[(threadIdx.x + 63) % 64];   | shared memory
                    UNWRITTEN_SHARED_MEMORY | CUDA_ERROR_LAUNCH_FAILED   | unwritten | y[threadIdx.x] = tile[threadIdx.x];               | no thread of the block has written
                    SHARED_MEMORY_OVERRUN   | CUDA_ERROR_LAUNCH_FAILED   | overrun   | tile[i] = x[i];                                   | index 63 is outside of its array
                    TWO_BLOCKS_AT_ONE_PLACE | CUDA_ERROR_LAUNCH_FAILED   | sums      | = x[threadIdx.x];                                 | another block of the same launch
                    MISSING_EVENT           | CUDA_ERROR_LAUNCH_FAILED   | shifted   | tile[threadIdx.x] = x[threadIdx.x];               | kernel twice of another stream, and no event orders the two
                    """)
    void isReportedWithKernelAndLine(PlantedDefect defect, String code, String kernel, String line, String what)
            throws Exception {
        assertThat(outputOf(defect))
                .endsWith(code)
                .contains("kernel " + kernel + ",")
                .contains(PlantedDefect.FILE + ":" + numberOf(line, kernel) + ":")
                .contains(what);
    }

    @Test
    void aBarrierThatNotAllThreadsReachIsReportedWithBothPlaces() throws Exception {
        int first = numberOf("__syncthreads();", "halves");
        assertThat(outputOf(PlantedDefect.DIVERGENT_BARRIER))
                .endsWith("CUDA_ERROR_LAUNCH_FAILED")
                .contains("kernel halves, block (0, 0, 0)")
                .contains("divergent")
                .contains(PlantedDefect.FILE + ":" + first)
                .contains(PlantedDefect.FILE + ":" + (first + 2));
    }

    @Test
    void pinnedMemoryHoldsNothingBeforeTheWait() throws Exception {
        assertThat(outputOf(PlantedDefect.PINNED_MEMORY_READ_EARLY))
                .isEqualTo("CUDA_SUCCESS, NaN before and 0.0 after the wait");
    }

    @Test
    void nvrtcTakesOnlyOptionsThatItKnows() throws Exception {
        assertThat(outputOf(PlantedDefect.UNKNOWN_OPTION)).endsWith("NVRTC_ERROR_INVALID_OPTION");
    }

    /** Number of the first line of a kernel that holds these words. */
    private static int numberOf(String words, String kernel) {
        String[] lines = PlantedDefect.SOURCE.split("\n");
        int first = IntStream.range(0, lines.length)
                .filter(i -> lines[i].contains("void " + kernel + "("))
                .findFirst()
                .orElseThrow();
        return 1
                + IntStream.range(first, lines.length)
                        .filter(i -> lines[i].contains(words))
                        .findFirst()
                        .orElseThrow();
    }

    private static String outputOf(PlantedDefect defect) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PlantedDefect.class.getName(),
                        defect.name())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
