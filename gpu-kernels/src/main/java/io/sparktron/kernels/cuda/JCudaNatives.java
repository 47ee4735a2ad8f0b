package io.sparktron.kernels.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jcuda.JCudaVersion;
import jcuda.LibUtils;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.nvrtc.JNvrtc;

/**
 * JCuda's own native libraries, loaded once in a process. By itself JCuda unpacks them to fixed names in {@code java.io.tmpdir}, without care for other processes that do the same at that moment:
 * some of them then die of SIGBUS. So it finds them unpacked, in a folder of this process alone, which is removed as soon as they are loaded.
 */
final class JCudaNatives {
    private static final String TEMPORARY = "java.io.tmpdir";
    private static final List<String> LIBRARIES = List.of("JCudaDriver", "JNvrtc", "JCublas2");

    private static boolean loaded;

    private JCudaNatives() {}

    /** NVIDIA's libraries are loaded. */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        String temporary = System.getProperty(TEMPORARY);
        try {
            Path folder = Files.createTempDirectory("sparktron-jcuda");
            try {
                for (String library : LIBRARIES) {
                    unpack(library, folder);
                }
                System.setProperty(TEMPORARY, folder.toString());
                // Each of these classes loads its library.
                JCudaDriver.setExceptionsEnabled(false);
                JNvrtc.setExceptionsEnabled(false);
                JCublas2.setExceptionsEnabled(false);
            } finally {
                System.setProperty(TEMPORARY, temporary);
                remove(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot unpack JCuda's libraries to " + temporary, e);
        }
        loaded = true;
    }

    private static void unpack(String library, Path folder) throws IOException {
        String name = LibUtils.createPlatformLibraryName(library + "-" + JCudaVersion.get());
        String file = LibUtils.createLibraryFileName(name);
        try (InputStream in = JCudaDriver.class.getResourceAsStream("/lib/" + file)) {
            if (in == null) {
                throw new CudaException("no lib/" + file + " on the class path; JCuda has natives for linux-x86_64", 0);
            }
            Files.copy(in, folder.resolve(file));
        }
    }

    private static void remove(Path folder) throws IOException {
        List<Path> files;
        try (var found = Files.list(folder)) {
            files = found.toList();
        }
        for (Path file : files) {
            Files.delete(file);
        }
        Files.delete(folder);
    }
}
