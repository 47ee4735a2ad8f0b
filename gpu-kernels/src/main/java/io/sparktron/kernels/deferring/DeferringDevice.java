package io.sparktron.kernels.deferring;

import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.Device;
import io.sparktron.tensor.Queue;

/** A host device whose queues defer. */
record DeferringDevice(Device host) implements Device {
    @Override
    public String description() {
        return host.description() + ", deferring";
    }

    @Override
    public Allocator allocator() {
        return host.allocator();
    }

    @Override
    public Queue newQueue(String name) {
        return new DeferringQueue(host.newQueue(name));
    }

    @Override
    public int vocabularyAlignment() {
        return host.vocabularyAlignment();
    }

    @Override
    public boolean isAsynchronous() {
        return true;
    }

    @Override
    public void close() {
        host.close();
    }
}
