package io.sparktron.train;

import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.model.MicroBatch;
import io.sparktron.model.Mode;
import io.sparktron.model.ModelConfig;
import io.sparktron.optimizer.GradientNorm;
import io.sparktron.parallel.Layout;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Device;
import io.sparktron.train.DeviceConfig.Kind;
import java.util.HashMap;
import java.util.Map;

/**
 * What one rank of a training holds in the memory of its device, and what its container must grant; known before there is a cluster, and without a GPU. Rank 0's part,
 * than which no other is larger.
 *
 * @param weights with their float32 masters, where the model computes in 16 bits, bytes
 * @param gradients bytes
 * @param moments Adam's two, bytes
 * @param activations of one micro-batch, at their highest point, bytes
 * @param buffers step state, sums of the gradient norm, the micro-batch, float32 that processors widen 16-bit operands to, bytes
 * @param saved what a checkpoint holds of it, bytes
 * @param copies what the host holds of it besides, for saves that go on in the background, bytes
 * @param kind where it computes: {@code CUDA}, or processors
 */
public record TrainingMemory(
        long weights,
        long gradients,
        long moments,
        long activations,
        long buffers,
        long saved,
        long copies,
        Kind kind) {
    private static final long MIB = 1L << 20;

    /**
     * What a JVM has outside its heap besides tensors: classes, compiled code, stacks, network and file buffers. An executor that trains was seen to need 240 MiB,
     * a tenth of its heap of 1 GiB for the collector included.
     */
    private static final long JVM = 384 * MIB;

    /** The part of the heap's size that the collector may need beside it. */
    private static final int HEAP_PER_COLLECTOR = 10;

    /** OpenBLAS packs matrices in a buffer of each thread, bytes. */
    private static final long THREAD = 32 * MIB;

    /** Pinned buffers of a rank on a GPU through which copies go, and what CUDA and NCCL keep on the host for it, bytes; not measured. */
    private static final long HOST_OF_GPU = 1024 * MIB;

    /** What the GPU itself holds of a process: its context, code and workspaces of kernels, NCCL's channels, bytes; not measured. */
    private static final long GPU_CONTEXT = 1024 * MIB;

    /** In float32, on processors. */
    public static TrainingMemory of(ModelConfig config, Layout layout, int microBatch, Mode mode) {
        return of(config, layout, microBatch, mode, DType.FLOAT32, Kind.HOST);
    }

    /**
     * @param type that the model computes in
     * @param kind where
     */
    public static TrainingMemory of(
            ModelConfig config, Layout layout, int microBatch, Mode mode, DType type, Kind kind) {
        Map<String, Long> purposes = new HashMap<>();
        MemoryPlan plan;
        try (Device device =
                kind == Kind.CUDA ? new PlannedGpu() : new HostDevice(1)) { // whatever the number of threads
            Kernels kernels = device instanceof HostDevice host
                    ? Backend.host(new HostKernels(host), type)
                    : PlannedGpu.kernels(device, type);
            plan = MemoryPlan.training(kernels, config, layout, microBatch, mode, type, purposes);
        }
        long gradients = purposes.remove("gradients");
        long masters = type == DType.FLOAT32 ? 0 : purposes.remove("master weights");
        long weights = purposes.remove("parameters") + masters;
        long moments = purposes.remove("first moments") + purposes.remove("second moments");
        long rest = purposes.values().stream().mapToLong(Long::longValue).sum();
        return new TrainingMemory(
                weights,
                gradients,
                moments,
                plan.activations(),
                rest
                        + GradientNorm.bytes(gradients / DType.FLOAT32.bytes())
                        + MicroBatch.bytes(config.family(), microBatch, config.sequence()),
                plan.saved(),
                0,
                kind);
    }

    /** The same with the copy that saves in the background need. */
    public TrainingMemory withSavesInBackground() {
        return new TrainingMemory(weights, gradients, moments, activations, buffers, saved, saved, kind);
    }

    /** What the rank allocates on its device, bytes. */
    public long onDevice() {
        return weights + gradients + moments + activations + buffers;
    }

    /** What it allocates of the host's memory outside the Java heap, bytes. */
    public long onHost() {
        return kind == Kind.CUDA ? copies : onDevice() + copies;
    }

    /** What a GPU must have free for it, with what the process holds there besides, bytes. */
    public long ofGpu() {
        return onDevice() + GPU_CONTEXT;
    }

    /**
     * The {@code spark.executor.memoryOverhead} to ask for, MiB: what an executor's ranks hold on the host, for each of their threads 32 MiB or for each of their GPUs 1 GiB, a
     * tenth of the heap, and 384 MiB for the JVM itself.
     *
     * @param ranks that run in one executor
     * @param threads of a rank
     * @param heap {@code spark.executor.memory}, bytes
     */
    public long overheadMiB(int ranks, int threads, long heap) {
        long besides = kind == Kind.CUDA ? HOST_OF_GPU : threads * THREAD;
        long bytes = ranks * (onHost() + besides) + heap / HEAP_PER_COLLECTOR + JVM;
        return (bytes + MIB - 1) / MIB;
    }
}
