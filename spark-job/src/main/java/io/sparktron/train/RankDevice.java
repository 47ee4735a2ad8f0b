package io.sparktron.train;

import io.sparktron.collective.Communicator;
import io.sparktron.collective.nccl.NcclCommunicator;
import io.sparktron.collective.nccl.NcclSettings;
import io.sparktron.kernels.InterceptedKernels;
import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.cuda.CudaDevice;
import io.sparktron.kernels.cuda.CudaGpu;
import io.sparktron.kernels.cuda.CudaKernels;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.Mesh;
import io.sparktron.rank.RankContext;
import io.sparktron.tensor.Device;
import io.sparktron.tensor.Queue;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * What a rank's program computes on, from its start to its end: its device, a queue, and its groups. That is the GPU which the rank was given, with NCCL between the ranks, or
 * the processors of its host, with the transports of the world.
 */
public final class RankDevice implements AutoCloseable {
    private final Deque<AutoCloseable> opened = new ArrayDeque<>(); // last first
    private final Optional<CudaGpu> gpu;
    private final Execution on;
    private final Queue hostQueue;

    /** In float32. */
    public RankDevice(DeviceConfig config, Layout layout, RankContext context) {
        this(config, layout, Precision.FP32, context);
    }

    /** Every rank calls it; the groups live as long as this does. */
    public RankDevice(DeviceConfig config, Layout layout, Precision precision, RankContext context) {
        gpu = context.gpu();
        if (config.kind() == DeviceConfig.Kind.CUDA && gpu.isEmpty()) {
            throw new IllegalStateException("device.kind = cuda, and no GPU was chosen for rank " + context.rank());
        }
        try {
            if (gpu.isPresent()) {
                CudaDevice device = opened(CudaDevice.open(gpu.get().ordinal()));
                Kernels kernels = counted(new CudaKernels(device, precision.type()), context.world());
                Communicator groups = opened(NcclCommunicator.open(
                        context.world(), device, new NcclSettings(config.reproducible(), context.peerTimeout())));
                on = execution(kernels, layout, groups, precision);
                hostQueue = opened((Device) new HostDevice(1)).newQueue("host");
            } else {
                Kernels kernels = Backend.host(config, context.ranksOnHost(), precision);
                opened(kernels.device());
                on = execution(counted(kernels, context.world()), layout, context.world(), precision);
                hostQueue = on.queue();
            }
        } catch (RuntimeException | Error e) {
            closeAll(e);
            throw e;
        }
    }

    private static Execution execution(Kernels kernels, Layout layout, Communicator world, Precision precision) {
        return new Execution(kernels, kernels.device().newQueue("compute"), Mesh.of(layout, world), precision.type());
    }

    private <T extends AutoCloseable> T opened(T resource) {
        opened.push(resource);
        return resource;
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
        return gpu.isPresent() ? DeviceConfig.Kind.CUDA : DeviceConfig.Kind.HOST;
    }

    /** One line for logs and run.json. */
    public String description() {
        String device = on.kernels().device().description();
        return gpu.map(chosen -> device + ", " + chosen.uuid()).orElse(device);
    }

    /** For what ranks agree on by collectives of the context's own world, whose memory is the host's. */
    public Queue hostQueue() {
        return hostQueue;
    }

    private void closeAll(Throwable first) {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) {
                first.addSuppressed(e);
            }
        }
    }

    @Override
    public void close() {
        IllegalStateException failed = new IllegalStateException("what a rank computed on could not be closed");
        closeAll(failed);
        if (failed.getSuppressed().length > 0) {
            throw failed;
        }
    }
}
