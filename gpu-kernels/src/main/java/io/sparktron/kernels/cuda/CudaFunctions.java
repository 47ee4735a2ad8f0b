package io.sparktron.kernels.cuda;

import io.sparktron.tensor.DType;
import java.util.HashMap;
import java.util.Map;

/** The kernels of one device, by file, element type and name. They are compiled when they are loaded, or else for the first launch. */
public final class CudaFunctions implements AutoCloseable {
    private record Key(String file, DType type) {}

    private final CudaDevice device;
    private final Map<String, KernelSource> sources = new HashMap<>();
    private final Map<Key, CudaModule> modules = new HashMap<>();

    CudaFunctions(CudaDevice device) {
        this.device = device;
    }

    /**
     * A kernel of {@code src/main/cuda}.
     *
     * @param file such as {@code elementwise.cu}
     * @param type the element type that the file is compiled for: FLOAT32, BFLOAT16 or FLOAT16
     * @param kernel its name
     */
    public CudaFunction get(String file, DType type, String kernel) {
        return new CudaFunction(module(file, type), kernel);
    }

    /** Compiles and loads all kernels of a file, so that no launch has to. */
    void load(String file, DType type) {
        module(file, type).load();
    }

    /** So many files are loaded. */
    synchronized long loaded() {
        return modules.values().stream().filter(CudaModule::isLoaded).count();
    }

    private synchronized CudaModule module(String file, DType type) {
        KernelSource source = sources.computeIfAbsent(file, KernelSource::of);
        return modules.computeIfAbsent(new Key(file, type), key -> new CudaModule(device, source, type));
    }

    /** Whether kernels are compiled with CUDA's own headers, of which {@code mma.h} is one. */
    public boolean hasCudaHeaders() {
        return device.compiler().headers() != null;
    }

    @Override
    public synchronized void close() {
        modules.values().forEach(CudaModule::close);
        modules.clear();
    }
}
