package io.sparktron.kernels.cuda;

import io.sparktron.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compiles kernels by NVRTC for one target, or takes what was compiled of them before. */
final class KernelCompiler {
    private static final Logger LOG = LoggerFactory.getLogger(KernelCompiler.class);

    /** One to a key, so that the ranks of a process compile a kernel once. */
    private static final Map<String, Object> LOCKS = new ConcurrentHashMap<>();

    private final String version = Nvrtc.version();
    private final KernelTarget target;
    private final Path headers;
    private final KernelCache cache;

    /**
     * @param headers the folder of CUDA's own headers, or null
     */
    KernelCompiler(KernelTarget target, Path headers, KernelCache cache) {
        this.target = target;
        this.headers = headers;
        this.cache = cache;
    }

    /** The folder of CUDA's own headers, or null. */
    Path headers() {
        return headers;
    }

    /** What kernels are compiled for. */
    KernelTarget target() {
        return target;
    }

    /** Of NVRTC. */
    String version() {
        return version;
    }

    /** The module of a file for one element type, as the driver loads it. */
    byte[] compile(KernelSource source, DType type) {
        List<String> options = options(type);
        String key = KernelCache.key(source, options, version, headers);
        synchronized (LOCKS.computeIfAbsent(key, k -> new Object())) {
            byte[] known = cache.get(key, source.name());
            if (known != null) {
                return known;
            }
            long start = System.nanoTime();
            byte[] module = Nvrtc.compile(source, options, target.machineCode());
            LOG.debug("compiled {} with {} in {} ms", source.name(), options, (System.nanoTime() - start) / 1_000_000);
            cache.put(key, module);
            return module;
        }
    }

    private List<String> options(DType type) {
        List<String> options = new ArrayList<>(List.of(target.option(), "-std=c++17", "-DELEMENT=" + code(type)));
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
