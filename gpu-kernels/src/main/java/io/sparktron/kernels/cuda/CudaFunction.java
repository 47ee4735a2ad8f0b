package io.sparktron.kernels.cuda;

import io.sparktron.tensor.Queue;
import jcuda.driver.CUfunction;

/** A kernel of one device, for one element type where its file depends on it. It is compiled when it is first launched. */
public final class CudaFunction {
    private final CudaModule module;
    private final String name;
    private final KernelSignature signature;
    private volatile CUfunction handle;

    CudaFunction(CudaModule module, String name) {
        this.module = module;
        this.name = name;
        this.signature = module.signature(name);
    }

    /** Begins a launch, which {@link CudaLaunch#go} ends. */
    public CudaLaunch launch(Queue queue) {
        return CudaQueue.of(queue, module.device()).launch().begin(this);
    }

    /**
     * Lets a block have so much {@code extern __shared__} memory; more than 48 KiB need it.
     *
     * @param bytes at most 64 KiB, which a block can have on every GPU from Turing on
     */
    public CudaFunction allowShared(int bytes) {
        module.allowShared(handle(), this, bytes);
        return this;
    }

    CUfunction handle() {
        CUfunction known = handle;
        if (known == null) {
            known = module.function(this, name);
            handle = known;
        }
        return known;
    }

    KernelSignature signature() {
        return signature;
    }

    /** Kernel and file. */
    @Override
    public String toString() {
        return "kernel " + name + " of " + module;
    }
}
