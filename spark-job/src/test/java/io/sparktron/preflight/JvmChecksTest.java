package io.sparktron.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checks of a rank's process, in processes of their own that lack what they look for. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class JvmChecksTest {
    private static final String VECTOR = "--add-modules=jdk.incubator.vector";

    @TempDir
    Path folder;

    /** What such a process runs. */
    static final class Here {
        private Here() {}

        public static void main(String[] checks) {
            List<Finding> findings =
                    checks[0].equals("java") ? JavaChecks.findings() : new NativeChecks(64L << 20).findings();
            findings.forEach(finding -> System.out.println(finding.level().name() + " " + finding));
        }
    }

    /** Through a shell, which can set limits. */
    private List<String> findings(String limits, String checks, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", limits + " exec \"$0\" \"$@\""));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Here.class.getName(), checks));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("err").toFile())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.lines().toList();
    }

    @Test
    void thisProcessHasAllItNeeds() {
        assertThat(JavaChecks.findings()).extracting(Finding::level).containsOnly(Finding.Level.OK);
        assertThat(new NativeChecks(64L << 20).findings())
                .extracting(Finding::level)
                .containsOnly(Finding.Level.OK);
    }

    @Test
    void aProcessorOnWhichOpenBlasIsWrong() {
        assertThat(NativeChecks.matrixProduct(new float[] {19, 22, 43, 50.000004f}))
                .asString()
                .startsWith("matrix product: OpenBLAS computes ")
                .contains("50.000004", "spark.executorEnv.OPENBLAS_CORETYPE");
    }

    @Test
    void missesTheVectorModule() throws Exception {
        assertThat(findings("", "java"))
                .filteredOn(line -> !line.startsWith("OK"))
                .singleElement()
                .asString()
                .startsWith("PROBLEM vector module: jdk.incubator.vector is not among the modules")
                .contains("--conf spark.executor.extraJavaOptions=--add-modules=jdk.incubator.vector");
    }

    @Test
    void missesAFolderForNativeCode() throws Exception {
        assertThat(findings(
                        "", "native", VECTOR, "-Djna.tmpdir=/proc/none", "-Dorg.bytedeco.javacpp.cachedir=/proc/none"))
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("PROBLEM shared memory: JNA's native code cannot be loaded")
                                .contains("-Djna.tmpdir=FOLDER"),
                        line -> assertThat(line)
                                .startsWith("PROBLEM matrix product: ")
                                .contains("=-Dorg.bytedeco.javacpp.cachedir=FOLDER"));
    }

    /** 32 MiB, in blocks of 512 bytes; a rank's tensors would take 64. */
    @Test
    void missesMemoryThatTheProcessMayNotHave() throws Exception {
        assertThat(findings("ulimit -f 65536;", "native", VECTOR))
                .filteredOn(line -> !line.startsWith("OK"))
                .singleElement()
                .asString()
                .startsWith("PROBLEM shared memory: ")
                .contains("67108864 bytes")
                .contains("ulimit");
    }
}
