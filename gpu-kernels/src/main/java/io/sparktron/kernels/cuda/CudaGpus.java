package io.sparktron.kernels.cuda;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUuuid;
import jcuda.driver.JCudaDriver;

/** The GPUs that a process sees, found without opening any. */
public final class CudaGpus {
    private CudaGpus() {}

    /**
     * All of them, by ordinal.
     *
     * @throws CudaException if there is none, in one line that says what to install or set
     */
    public static List<CudaGpu> visible() {
        int count = CudaDevice.count();
        List<CudaGpu> gpus = new ArrayList<>();
        for (int ordinal = 0; ordinal < count; ordinal++) {
            CUdevice device = new CUdevice();
            CudaException.check(JCudaDriver.cuDeviceGet(device, ordinal), "cuDeviceGet of GPU " + ordinal);
            CudaProperties properties = CudaProperties.of(device);
            gpus.add(new CudaGpu(ordinal, uuid(device), properties.model(), bus(device), properties.memoryBytes()));
        }
        return gpus;
    }

    /** As nvidia-smi writes it. */
    private static String uuid(CUdevice device) {
        CUuuid uuid = new CUuuid();
        CudaException.check(JCudaDriver.cuDeviceGetUuid(uuid, device), "cuDeviceGetUuid");
        ByteBuffer bytes = ByteBuffer.wrap(uuid.bytes);
        return "GPU-" + new UUID(bytes.getLong(), bytes.getLong());
    }

    private static String bus(CUdevice device) {
        return String.format(
                Locale.ROOT,
                "%04x:%02x:%02x",
                CudaProperties.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_PCI_DOMAIN_ID, device),
                CudaProperties.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_PCI_BUS_ID, device),
                CudaProperties.attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_PCI_DEVICE_ID, device));
    }
}
