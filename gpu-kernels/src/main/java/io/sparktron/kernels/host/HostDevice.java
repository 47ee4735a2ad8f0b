package io.sparktron.kernels.host;

import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Device;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;

/** The processor of this machine, or the part of it that one rank uses: a number of threads and private anonymous memory. */
public final class HostDevice implements Device {
    private final Workers workers;

    /**
     * @param threads threads that work on one kernel, the caller's included; at least 1
     */
    public HostDevice(int threads) {
        this.workers = new Workers(threads);
    }

    public int threads() {
        return workers.threads();
    }

    @Override
    public String description() {
        return "host: " + System.getProperty("os.arch") + ", " + threads() + (threads() == 1 ? " thread" : " threads")
                + ", Java " + Runtime.version();
    }

    @Override
    public Allocator allocator() {
        return HostMemory::allocate;
    }

    @Override
    public Queue newQueue(String name) {
        return new HostQueue(name, workers);
    }

    @Override
    public int vocabularyAlignment() {
        return 1;
    }

    @Override
    public void close() {
        workers.close();
    }
}
