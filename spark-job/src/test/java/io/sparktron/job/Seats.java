package io.sparktron.job;

import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.rank.GpuOffer;
import java.util.List;

/** Seats as tasks would have them. */
final class Seats {
    private static final long GIB = 1L << 30;

    private Seats() {}

    /** Without a GPU. */
    static Seat seat(String host, String executor, long process, int partition) {
        return new Seat(host, executor, process, partition, new GpuOffer.None("nobody asked"));
    }

    static CudaGpu gpu(int ordinal, String uuid, String bus) {
        return new CudaGpu(ordinal, uuid, "Pretended H100", bus, 80 * GIB);
    }

    static GpuOffer given(String uuid) {
        return new GpuOffer.Given(gpu(0, uuid, "0000:01:00"));
    }

    static GpuOffer shared(String... uuids) {
        return new GpuOffer.Shared(
                List.of(uuids).stream().map(uuid -> gpu(0, uuid, "0000:01:00")).toList());
    }
}
