package io.sparktron.train;

import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.kernels.host.WidenedKernels;
import io.sparktron.tensor.DType;

/** Opens what a rank on processors computes on. */
public final class Backend {
    private Backend() {}

    /** Host threads of each of {@code ranksOnHost} ranks. */
    public static int threads(DeviceConfig config, int ranksOnHost) {
        return config.threads() == DeviceConfig.SHARE_OF_HOST
                ? Math.max(1, Runtime.getRuntime().availableProcessors() / ranksOnHost)
                : config.threads();
    }

    /** The kernels of this host's processors, for operands of the precision's type; the caller closes the device. */
    public static Kernels host(DeviceConfig config, int ranksOnHost, Precision precision) {
        return host(new HostKernels(new HostDevice(threads(config, ranksOnHost))), precision.type());
    }

    /** The kernels of processors for operands of a type. */
    static Kernels host(Kernels float32, DType type) {
        return type == DType.FLOAT32 ? float32 : WidenedKernels.over(float32);
    }
}
