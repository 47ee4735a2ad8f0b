package io.sparktron.gpucheck;

import io.sparktron.train.DeviceConfig;

/**
 * What is to be checked.
 *
 * @param kind of the devices; processors stand in for GPUs in tests
 * @param devices how many of them
 * @param timing whether speed is measured, too
 */
record GpuCheckRequest(DeviceConfig.Kind kind, int devices, boolean timing) {
    /** Each device's kernels are enqueued by one thread. */
    DeviceConfig device() {
        return new DeviceConfig(kind, 1);
    }
}
