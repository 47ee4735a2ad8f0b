package io.sparktron.train;

import io.sparktron.rank.GpuUse;
import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;

/**
 * What each rank computes on.
 *
 * @param kind where kernels run
 * @param threads host threads of a rank, or {@link #SHARE_OF_HOST}
 * @param reproducible whether sums between GPUs are added in the same order in every run; between processors they always are
 */
public record DeviceConfig(Kind kind, int threads, boolean reproducible) implements Serializable {
    /** Cores of the host / ranks on it, at least 1. */
    public static final int SHARE_OF_HOST = 0;

    /** Where kernels run; {@link #AUTO} is decided once for all ranks. */
    public enum Kind {
        AUTO(GpuUse.IF_ALL),
        HOST(GpuUse.NEVER),
        CUDA(GpuUse.ALWAYS);

        private final GpuUse gpus;

        Kind(GpuUse gpus) {
            this.gpus = gpus;
        }

        /** What a launcher has to know of it. */
        public GpuUse gpus() {
            return gpus;
        }
    }

    /** The same bits in every run. */
    public DeviceConfig(Kind kind, int threads) {
        this(kind, threads, true);
    }

    public DeviceConfig {
        if (threads < 0) {
            throw new InvalidInputException("device.threads = " + threads + ", must be at least 1");
        }
    }
}
