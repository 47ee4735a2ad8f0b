package io.sparktron.kernels.cuda;

import java.io.Serializable;

/**
 * A GPU that a process sees.
 *
 * @param ordinal its number there, from 0, by which {@link CudaDevice#open} opens it: it depends on {@code CUDA_VISIBLE_DEVICES} and {@code CUDA_DEVICE_ORDER}
 * @param uuid its name everywhere, such as {@code GPU-8f9d...}
 * @param bus its place in the machine, {@code domain:bus:device} in hexadecimal: nvidia-smi counts in this order
 * @param memory all of it, bytes
 */
public record CudaGpu(int ordinal, String uuid, String model, String bus, long memory) implements Serializable {
    @Override
    public String toString() {
        return uuid + " (" + model + ")";
    }
}
