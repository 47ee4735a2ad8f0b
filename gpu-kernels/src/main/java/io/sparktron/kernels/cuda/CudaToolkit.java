package io.sparktron.kernels.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Where a CUDA toolkit lies: where CUDA_HOME or CUDA_PATH says, and there only; else in /usr/local/cuda, or the newest /usr/local/cuda-12.*. */
final class CudaToolkit {
    private static final Path LOCAL = Path.of("/usr/local");

    /** What kernels include of CUDA's own. */
    private static final List<String> HEADERS = List.of("cuda_fp16.h", "cuda_bf16.h", "mma.h");

    private CudaToolkit() {}

    /** The folders of that name in all toolkits, the most wanted first. */
    static List<Path> folders(String name) {
        return toolkits().stream()
                .map(toolkit -> toolkit.resolve(name))
                .filter(Files::isDirectory)
                .toList();
    }

    private static List<Path> toolkits() {
        for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
            String value = System.getenv(variable);
            if (value != null && !value.isBlank()) {
                return List.of(Path.of(value));
            }
        }
        List<Path> toolkits = new ArrayList<>(List.of(LOCAL.resolve("cuda")));
        toolkits.addAll(versions());
        return toolkits;
    }

    private static List<Path> versions() {
        List<Path> versions = new ArrayList<>();
        if (Files.isDirectory(LOCAL)) {
            try (DirectoryStream<Path> found = Files.newDirectoryStream(LOCAL, "cuda-12*")) {
                found.forEach(versions::add);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot list " + LOCAL, e);
            }
        }
        versions.sort(Comparator.comparing(Path::toString).reversed());
        return versions;
    }

    /** What changes when these headers do. */
    static String stamp(Path headers) {
        StringBuilder stamp = new StringBuilder();
        for (String header : HEADERS) {
            Path file = headers.resolve(header);
            try {
                stamp.append(header)
                        .append(' ')
                        .append(Files.size(file))
                        .append(' ')
                        .append(Files.getLastModifiedTime(file).toMillis())
                        .append('\n');
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file, e);
            }
        }
        return stamp.toString();
    }

    /** The folders with CUDA's own headers in all toolkits, the most wanted first. */
    static List<Path> headers() {
        return folders("include").stream()
                .filter(folder -> HEADERS.stream().allMatch(header -> Files.isRegularFile(folder.resolve(header))))
                .toList();
    }
}
