package io.sparktron.kernels.cuda;

import java.nio.charset.StandardCharsets;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;

/**
 * What the driver tells of a GPU.
 *
 * @param capability compute capability, 80 for 8.0
 */
record CudaProperties(String model, long memoryBytes, int capability, int multiprocessors) {
    /** Turing, the oldest with the tensor-core instructions that the kernels use. */
    private static final int OLDEST = 75;

    static CudaProperties of(CUdevice device) {
        byte[] name = new byte[256];
        long[] bytes = {0};
        CudaException.check(JCudaDriver.cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
        CudaException.check(JCudaDriver.cuDeviceTotalMem(bytes, device), "cuDeviceTotalMem");
        int end = 0;
        while (end < name.length && name[end] != 0) {
            end++;
        }
        int major = attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
        int minor = attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
        return new CudaProperties(
                new String(name, 0, end, StandardCharsets.UTF_8),
                bytes[0],
                10 * major + minor,
                attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device));
    }

    static int attribute(int attribute, CUdevice device) {
        int[] value = {0};
        CudaException.check(
                JCudaDriver.cuDeviceGetAttribute(value, attribute, device),
                "cuDeviceGetAttribute " + CUdevice_attribute.stringFor(attribute));
        return value[0];
    }

    void requireSupported(int ordinal) {
        if (capability < OLDEST) {
            throw new CudaException(
                    "GPU " + ordinal + " (" + model + ") has compute capability " + capability / 10 + "."
                            + capability % 10 + "; legal: 7.5 (Turing) and later",
                    209);
        }
    }
}
