package io.sparktron.train;

import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.tokens.InvalidInputException;
import java.util.Locale;

/** Opens what a rank computes on. */
public final class Backend {
    private Backend() {}

    /** Host threads of each of {@code ranksOnHost} ranks. */
    public static int threads(DeviceConfig config, int ranksOnHost) {
        return config.threads() == DeviceConfig.SHARE_OF_HOST
                ? Math.max(1, Runtime.getRuntime().availableProcessors() / ranksOnHost)
                : config.threads();
    }

    /** The kernels of the configured device; the caller closes the device. */
    public static Kernels open(DeviceConfig config, int ranksOnHost, Precision precision) {
        if (precision != Precision.FP32) {
            throw new InvalidInputException("train.precision = "
                    + precision.name().toLowerCase(Locale.ROOT) + ", but this build computes in fp32 only");
        }
        return switch (config.kind()) {
            case AUTO, HOST -> new HostKernels(new HostDevice(threads(config, ranksOnHost)));
            case CUDA ->
                throw new InvalidInputException(
                        "device.kind = cuda, but this build has no CUDA kernels; legal: auto, host");
        };
    }
}
