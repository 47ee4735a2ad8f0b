package io.sparktron.kernels.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kernel but the matrix product, whose blocks follow the threads, has the same bits at any number of threads, interpreted or compiled, at any
 * vector width, and on another JDK.
 */
class SameBitsTest {
    private static Map<String, Long> expected;

    @BeforeAll
    static void computeHere() {
        expected = KernelBits.of(1);
        assertThat(expected).hasSizeGreaterThan(20);
    }

    @Test
    void compiledAndAtAnyNumberOfThreads() {
        for (int round = 0; round < 20; round++) {
            assertThat(KernelBits.of(1 + round % 3)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @MethodSource("virtualMachines")
    void inAnotherVirtualMachine(Path javaHome, String option) throws Exception {
        assertThat(in(javaHome, option)).isEqualTo(expected);
    }

    /** This JDK in several modes, and the JDK that {@code OTHER_JAVA_HOME} names, if it is set. */
    static Stream<Arguments> virtualMachines() {
        Path here = Path.of(System.getProperty("java.home"));
        Stream<Arguments> modes = Stream.of(
                        "-Xint", "-XX:TieredStopAtLevel=1", "-XX:MaxVectorSize=16", "-XX:MaxVectorSize=32")
                .map(mode -> Arguments.of(here, mode));
        Stream<Arguments> other = Stream.ofNullable(System.getenv("OTHER_JAVA_HOME"))
                .flatMap(home -> Stream.of("-Xint", "-Xmixed").map(mode -> Arguments.of(Path.of(home), mode)));
        return Stream.concat(modes, other);
    }

    private static Map<String, Long> in(Path javaHome, String option) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                javaHome.resolve("bin/java").toString(),
                "-XX:+IgnoreUnrecognizedVMOptions",
                "--add-modules=jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                option,
                "-cp",
                System.getProperty("java.class.path"),
                KernelBits.class.getName(),
                "2"));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("exit code of %s", command).isZero();
        Map<String, Long> checksums = new LinkedHashMap<>();
        output.lines().filter(line -> line.contains("=")).forEach(line -> {
            int equals = line.indexOf('=');
            checksums.put(line.substring(0, equals), Long.parseLong(line.substring(equals + 1)));
        });
        return checksums;
    }
}
