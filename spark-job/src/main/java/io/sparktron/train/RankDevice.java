package io.sparktron.train;

import io.sparktron.collective.Communicator;
import io.sparktron.kernels.InterceptedKernels;
import io.sparktron.kernels.Kernels;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.Mesh;
import io.sparktron.rank.RankContext;
import io.sparktron.tensor.Queue;

/** What a rank's program computes on, from its start to its end: its device, a queue, and its groups. */
public final class RankDevice implements AutoCloseable {
    private final Kernels kernels;
    private final Execution on;

    /** In float32. */
    public RankDevice(DeviceConfig config, Layout layout, RankContext context) {
        this(config, layout, Precision.FP32, context);
    }

    /** Every rank calls it; the groups live as long as the context's world. */
    public RankDevice(DeviceConfig config, Layout layout, Precision precision, RankContext context) {
        kernels = counted(Backend.open(config, context.ranksOnHost(), precision), context.world());
        try {
            on = new Execution(
                    kernels, kernels.device().newQueue("compute"), Mesh.of(layout, context.world()), precision.type());
        } catch (RuntimeException | Error e) {
            kernels.device().close();
            throw e;
        }
    }

    /** Each kernel that this rank passes shows its peers that it works. */
    private static Kernels counted(Kernels kernels, Communicator world) {
        return new InterceptedKernels(kernels, kernels.device(), (queue, kernel) -> {
            kernel.accept(queue);
            world.progress();
        });
    }

    public Execution execution() {
        return on;
    }

    /** What it computes on, once decided: {@code HOST} or {@code CUDA}. */
    public DeviceConfig.Kind kind() {
        return DeviceConfig.Kind.HOST;
    }

    /** For what ranks agree on by collectives of the context's own world, whose memory is the host's. */
    public Queue hostQueue() {
        return on.queue();
    }

    @Override
    public void close() {
        kernels.device().close();
    }
}
