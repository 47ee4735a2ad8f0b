package io.sparktron.kernels.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class KernelSignatureTest {
    private static final String SOURCE = """
            // __global__ void commented(int x)
            /* __global__ void commented(int x) */
            extern "C" __global__ void none() {}
            extern "C" __global__ void __launch_bounds__(256, 2) all(
                const float* __restrict__ x,  // a comment, with a comma
                element* y,
                int a, unsigned b, unsigned int c,
                long long d, unsigned long long e, size_t f,
                float g, double h) {}
            extern "C" __global__ void strange(short x) {}
            """;

    @Test
    void parametersAreThoseOfTheSource() {
        KernelSignature all = KernelSignature.of(SOURCE, "all");
        String kinds = "PPIIILLLFD";
        assertThat(all.count()).isEqualTo(kinds.length());
        for (int i = 0; i < kinds.length(); i++) {
            for (char kind : "PILFD".toCharArray()) {
                assertThat(all.takes(i, kind)).as("%d %s", i, kind).isEqualTo(kinds.charAt(i) == kind);
            }
        }
        assertThat(all.takes(kinds.length(), 'D')).isFalse();
        assertThat(KernelSignature.of(SOURCE, "none").count()).isZero();
        assertThat(KernelSignature.of(SOURCE, "commented")).isNull();
        assertThat(KernelSignature.of(SOURCE, "al")).isNull();
        assertThatThrownBy(() -> KernelSignature.of(SOURCE, "strange"))
                .hasMessage(
                        "a kernel has the parameter \"short x\"; legal: pointers, int, unsigned, long long, unsigned long long,"
                                + " size_t, float, double");
    }

    @Test
    void kernelsAreThoseOfTheSource() {
        assertThat(KernelSignature.kernels(SOURCE)).containsExactly("none", "all", "strange");
    }

    /** Whatever spelling a kernel of ours may use, its parameters are understood. */
    @Test
    void everyKernelOfOursIsUnderstood() throws IOException, URISyntaxException {
        int kernels = 0;
        for (String file : files()) {
            String text = KernelSource.of(file).text();
            Matcher kernel = Pattern.compile("__global__[^(]*?(?:__launch_bounds__\\s*\\([^)]*\\)[^(]*?)?(\\w+)\\s*\\(")
                    .matcher(text.replaceAll("//[^\\n]*", ""));
            List<String> names = KernelSignature.kernels(text);
            while (kernel.find()) {
                assertThat(names).contains(kernel.group(1));
                assertThat(KernelSignature.of(text, kernel.group(1)))
                        .as("%s of %s", kernel.group(1), file)
                        .isNotNull();
                kernels++;
            }
        }
        assertThat(kernels).isGreaterThan(30);
    }

    private static List<String> files() throws IOException, URISyntaxException {
        Path folder =
                Path.of(KernelSource.class.getResource("element.cuh").toURI()).getParent();
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".cu"))
                    .sorted()
                    .toList();
        }
    }
}
