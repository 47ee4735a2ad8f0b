package io.sparktron.kernels.cuda;

import io.sparktron.tensor.DType;
import java.util.Locale;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** One source file of kernels, compiled for one device and one element type when a kernel of it is first launched. */
final class CudaModule {
    private final CudaDevice device;
    private final KernelSource source;
    private final DType type;
    private CUmodule module;

    CudaModule(CudaDevice device, KernelSource source, DType type) {
        this.device = device;
        this.source = source;
        this.type = type;
    }

    CudaDevice device() {
        return device;
    }

    KernelSignature signature(String kernel) {
        KernelSignature signature = KernelSignature.of(source.text(), kernel);
        if (signature == null) {
            throw new IllegalArgumentException("no kernel " + kernel + " in " + source.name());
        }
        return signature;
    }

    /**
     * Compiles it and loads all its kernels. Otherwise that is done for the first launch of each; it may wait for all that runs on the device, as the driver may load a kernel when it
     * is first asked for it.
     */
    synchronized void load() {
        for (String kernel : KernelSignature.kernels(source.text())) {
            function("kernel " + kernel + " of " + this, kernel);
        }
    }

    /** Whether its kernels could be launched without loading it. */
    synchronized boolean isLoaded() {
        return module != null;
    }

    /**
     * A kernel's handle.
     *
     * @param kernel what errors call it
     */
    synchronized CUfunction function(Object kernel, String name) {
        device.makeCurrent();
        if (module == null) {
            CUmodule loaded = new CUmodule();
            byte[] compiled = device.compiler().compile(source, type);
            CudaException.check(JCudaDriver.cuModuleLoadData(loaded, compiled), "cuModuleLoadData of " + this);
            module = loaded;
        }
        CUfunction function = new CUfunction();
        CudaException.check(
                JCudaDriver.cuModuleGetFunction(function, module, name), "cuModuleGetFunction of " + kernel);
        return function;
    }

    void allowShared(CUfunction function, CudaFunction kernel, int bytes) {
        device.makeCurrent();
        CudaException.check(
                JCudaDriver.cuFuncSetAttribute(
                        function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
                "cuFuncSetAttribute of " + bytes + " bytes of shared memory for " + kernel);
    }

    synchronized void close() {
        if (module != null) {
            JCudaDriver.cuModuleUnload(module);
            module = null;
        }
    }

    @Override
    public String toString() {
        return source.name() + " in " + type.name().toLowerCase(Locale.ROOT);
    }
}
