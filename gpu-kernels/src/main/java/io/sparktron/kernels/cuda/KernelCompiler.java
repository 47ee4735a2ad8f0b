package io.sparktron.kernels.cuda;

import io.sparktron.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compiles kernels by NVRTC to the PTX of one architecture, or takes what was compiled of them before. */
final class KernelCompiler {
    private static final Logger LOG = LoggerFactory.getLogger(KernelCompiler.class);

    /** One to a key, so that the ranks of a process compile a kernel once. */
    private static final Map<String, Object> LOCKS = new ConcurrentHashMap<>();

    private final String version = Nvrtc.version();
    private final int architecture;
    private final Path headers;
    private final KernelCache cache;

    /**
     * @param capability of the device, such as 80
     * @param headers the folder of CUDA's own headers, or null
     */
    KernelCompiler(int capability, Path headers, KernelCache cache) {
        this.architecture = Nvrtc.architecture(capability);
        this.headers = headers;
        this.cache = cache;
    }

    /** The folder of CUDA's own headers, or null. */
    Path headers() {
        return headers;
    }

    /** What kernels are compiled for, such as 80. */
    int architecture() {
        return architecture;
    }

    /** Of NVRTC. */
    String version() {
        return version;
    }

    /** PTX of a file for one element type. */
    String compile(KernelSource source, DType type) {
        List<String> options = options(type);
        String key = KernelCache.key(source, options, version, headers);
        synchronized (LOCKS.computeIfAbsent(key, k -> new Object())) {
            String known = cache.get(key, source.name());
            if (known != null) {
                return known;
            }
            long start = System.nanoTime();
            String ptx = Nvrtc.compile(source, options);
            LOG.debug("compiled {} with {} in {} ms", source.name(), options, (System.nanoTime() - start) / 1_000_000);
            cache.put(key, ptx);
            return ptx;
        }
    }

    private List<String> options(DType type) {
        List<String> options = new ArrayList<>(
                List.of("--gpu-architecture=compute_" + architecture, "-std=c++17", "-DELEMENT=" + code(type)));
        if (headers != null) {
            options.add("-DCUDA_HEADERS=1");
            options.add("--include-path=" + headers);
        }
        return options;
    }

    /** The value of ELEMENT in {@code element.cuh}. */
    static int code(DType type) {
        return switch (type) {
            case FLOAT32 -> 0;
            case BFLOAT16 -> 1;
            case FLOAT16 -> 2;
            default ->
                throw new IllegalArgumentException("kernels compute in FLOAT32, BFLOAT16 and FLOAT16, not in " + type);
        };
    }
}
