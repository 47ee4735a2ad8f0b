package io.sparktron.kernels.cuda;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jcuda.LibUtils;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.nvrtc.JNvrtc;

/**
 * Loads the native libraries, once in a process: NVIDIA's, then JCuda's.
 *
 * <p>NVIDIA's are looked for before JCuda is touched, since a process in which JCuda calls a function that a library lacks ends without an exception. JCuda
 * unpacks its own to fixed names in {@code java.io.tmpdir}, without care for other processes that do the same at that moment (they may die of SIGBUS); so it finds them
 * unpacked, in a folder of this process alone, which is removed as soon as they are loaded.
 */
final class CudaLibraries {
    /** What is needed of each library, some functions that came last. */
    private static final Map<String, List<String>> NEEDED = needed();

    private static boolean loaded;

    private CudaLibraries() {}

    private static Map<String, List<String>> needed() {
        Map<String, List<String>> needed = new LinkedHashMap<>();
        needed.put(
                "libcuda.so.1", List.of("cuInit", "cuMemAlloc_v2", "cuLaunchKernel", "cuDevicePrimaryCtxRelease_v2"));
        needed.put("libnvrtc.so.12", List.of("nvrtcCompileProgram", "nvrtcGetNumSupportedArchs"));
        needed.put("libcublas.so.12", List.of("cublasCreate_v2", "cublasGemmEx", "cublasSetWorkspace_v2"));
        return needed;
    }

    /** Fails with one line that says what to install or set. */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        String missing = missing();
        if (missing != null) {
            throw new CudaException(missing, 0);
        }
        loadJCuda();
        loaded = true;
    }

    /** What keeps this process from using a GPU, in one line, or null. */
    static String missing() {
        List<String> absent = new ArrayList<>();
        for (Map.Entry<String, List<String>> library : NEEDED.entrySet()) {
            try {
                NativeLibrary found = NativeLibrary.getInstance(library.getKey());
                library.getValue().forEach(found::getFunction);
            } catch (UnsatisfiedLinkError e) {
                absent.add(library.getKey());
            }
        }
        return absent.isEmpty() ? null : "cannot load " + String.join(", ", absent);
    }

    private static void loadJCuda() {
        String temporary = System.getProperty("java.io.tmpdir");
        try {
            Path folder = Files.createTempDirectory("sparktron-jcuda");
            try {
                for (String library : List.of("JCudaDriver-12.6.0", "JNvrtc-12.6.0", "JCublas2-12.6.0")) {
                    unpack(LibUtils.createLibraryFileName(LibUtils.createPlatformLibraryName(library)), folder);
                }
                System.setProperty("java.io.tmpdir", folder.toString());
                JCudaDriver.setExceptionsEnabled(false);
                JNvrtc.setExceptionsEnabled(false);
                JCublas2.setExceptionsEnabled(false);
            } finally {
                System.setProperty("java.io.tmpdir", temporary);
                remove(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack JCuda's libraries to " + temporary, e);
        }
    }

    private static void unpack(String file, Path folder) throws IOException {
        try (InputStream in = JCudaDriver.class.getResourceAsStream("/lib/" + file)) {
            if (in == null) {
                throw new CudaException("no lib/" + file + " on the class path; JCuda has natives for linux-x86_64", 0);
            }
            Files.copy(in, folder.resolve(file));
        }
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
