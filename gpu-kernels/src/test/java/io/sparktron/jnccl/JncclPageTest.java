package io.sparktron.jnccl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page about JNCCL keeps its word. */
@Timeout(60)
class JncclPageTest {
    private static final Path PAGE = Path.of("src/main/java/io/sparktron/jnccl/README.md");
    private static final Path EXAMPLE = Path.of("src/test/java/io/sparktron/jnccl/AllReduceExample.java");

    @TempDir
    private Path folder;

    @Test
    void itsExampleIsTheOneThatIsTested() throws IOException {
        String source = Files.readString(EXAMPLE);
        assertThat(Files.readString(PAGE)).contains(source.substring(source.indexOf("final class AllReduceExample")));
    }

    @Test
    void itNamesEveryFunction() throws IOException {
        String page = Files.readString(PAGE);
        for (Method method : JNCCL.class.getMethods()) {
            if (Modifier.isStatic(method.getModifiers()) && method.getName().startsWith("nccl")) {
                assertThat(page).contains("`" + method.getName() + "`");
            }
        }
    }

    @Test
    @Tag("doubles")
    void itsExampleAddsOverTwoGpus() throws Exception {
        // JCuda unpacks its libraries here; processes that share the folder may die of it.
        assertThat(run("-Djava.io.tmpdir=" + folder, AllReduceExample.class.getName()))
                .contains("rank 0: [3.0, 20.0, 1.0]", "rank 1: [3.0, 20.0, 1.0]");
    }

    @Test
    void withoutTheLibraryItSaysWhatToInstall() throws Exception {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        ProcessBuilder command = command(Version.class.getName());
        command.environment().put("LD_LIBRARY_PATH", empty.toString());
        assertThat(output(command))
                .contains("libnccl.so.2 cannot be used: install NCCL 2.19 or later")
                .contains("name its folder in LD_LIBRARY_PATH");
    }

    @Test
    @Tag("doubles")
    void ofAnOldLibraryItSaysTheVersion() throws Exception {
        ProcessBuilder command = command(Version.class.getName());
        command.environment().put("SPARKTRON_PRETENDED_NCCL_VERSION", "21605");
        assertThat(output(command)).contains("is NCCL 2.16.5: install NCCL 2.19 or later");
    }

    /** Prints the version. */
    static final class Version {
        private Version() {}

        public static void main(String[] arguments) {
            int[] version = new int[1];
            try {
                JNCCL.ncclGetVersion(version);
                System.out.println(JNCCL.versionString(version[0]));
            } catch (NcclException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private static String run(String... arguments) throws IOException, InterruptedException {
        return output(command(arguments));
    }

    private static ProcessBuilder command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).directory(new File("."));
    }

    private static String output(ProcessBuilder command) throws IOException, InterruptedException {
        Process process = command.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
