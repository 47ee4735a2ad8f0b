package io.sparktron.kernels.cuda;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * NVIDIA's libraries, loaded once in a process: by the loader's path, else from the toolkit's folder. They are looked for before JCuda is touched, since a process in which JCuda calls
 * a function that a library lacks ends at once, with exit code 127 and without an exception.
 */
final class CudaLibraries {
    private static final Logger LOG = LoggerFactory.getLogger(CudaLibraries.class);

    /**
     * One library.
     *
     * @param companions patterns of what it needs from its own folder, which the loader would not find there
     * @param functions some that came late, and without which this program does not run
     */
    private record Library(String name, List<String> companions, List<String> functions) {}

    private static final Library DRIVER =
            new Library("libcuda.so.1", List.of(), List.of("cuInit", "cuMemAlloc_v2", "cuDevicePrimaryCtxRelease_v2"));

    private static final List<Library> TOOLKIT = List.of(
            new Library(
                    "libnvrtc.so.12",
                    List.of("libnvrtc-builtins.so.12*"),
                    List.of("nvrtcCompileProgram", "nvrtcGetSupportedArchs")),
            new Library(
                    "libcublas.so.12",
                    List.of("libcublasLt.so.12"),
                    List.of("cublasGemmStridedBatchedEx", "cublasSetWorkspace_v2")));

    /** By name. They are closed when these objects are collected: so they are held. */
    private static final Map<String, NativeLibrary> LOADED = new HashMap<>();

    private CudaLibraries() {}

    /** Fails with one line that says what to install or set. */
    static synchronized void load() {
        String missing = missing();
        if (missing != null) {
            throw new CudaException(missing, 0);
        }
        JCudaNatives.load();
    }

    /** What keeps this process from using a GPU, in one line, or null. */
    private static String missing() {
        String driver = missing(DRIVER, List.of());
        if (driver != null) {
            return driver
                    + "; install the NVIDIA driver of this machine's GPUs, and start a container with access to them";
        }
        List<String> absent = TOOLKIT.stream()
                .map(library -> missing(library, CudaToolkit.folders("lib64")))
                .filter(reason -> reason != null)
                .toList();
        return absent.isEmpty()
                ? null
                : String.join(", ", absent)
                        + "; install the CUDA 12 toolkit and set CUDA_HOME to its folder, or name the folder of these libraries in LD_LIBRARY_PATH";
    }

    private static String missing(Library library, List<Path> folders) {
        if (LOADED.containsKey(library.name)) {
            return null;
        }
        NativeLibrary found;
        try {
            found = open(library, folders);
        } catch (UnsatisfiedLinkError e) {
            return "cannot load " + library.name + reason(e);
        }
        for (String function : library.functions) {
            try {
                found.getFunction(function);
            } catch (UnsatisfiedLinkError e) {
                return found.getFile() + " lacks " + function + ", so it is too old";
            }
        }
        LOADED.put(library.name, found);
        return null;
    }

    /** Why the loader refused a file that is there; empty where there is none. */
    private static String reason(UnsatisfiedLinkError e) {
        return e.getMessage()
                .lines()
                .skip(1)
                .filter(line -> line.contains(": ") && !line.contains("No such file"))
                .findFirst()
                .map(line -> " (" + line + ")")
                .orElse("");
    }

    private static NativeLibrary open(Library library, List<Path> folders) {
        try {
            return NativeLibrary.getInstance(library.name);
        } catch (UnsatisfiedLinkError notOnThePath) {
            for (Path folder : folders) {
                if (Files.isRegularFile(folder.resolve(library.name))) {
                    for (String companion : library.companions) {
                        files(folder, companion)
                                .forEach(file ->
                                        LOADED.put(file.toString(), NativeLibrary.getInstance(file.toString())));
                    }
                    LOG.info("{} comes from {}, since it is not on the loader's path", library.name, folder);
                    return NativeLibrary.getInstance(
                            folder.resolve(library.name).toString());
                }
            }
            throw notOnThePath;
        }
    }

    private static List<Path> files(Path folder, String pattern) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, pattern)) {
            found.forEach(files::add);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
        return files;
    }
}
