package io.sparktron.train;

import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.model.MicroBatch;
import io.sparktron.model.Mode;
import io.sparktron.model.ModelConfig;
import io.sparktron.optimizer.GradientNorm;
import io.sparktron.parallel.Layout;
import io.sparktron.tensor.DType;
import java.util.HashMap;
import java.util.Map;

/**
 * What one rank of a training on processors holds outside the Java heap, and what its container must grant for it; known before there is a cluster. Rank 0's part,
 * than which no other is larger.
 *
 * @param weights with their float32 masters, where the model computes in 16 bits, bytes
 * @param gradients bytes
 * @param moments Adam's two, bytes
 * @param activations of one micro-batch, at their highest point, bytes
 * @param buffers step state, sums of the gradient norm, the micro-batch, float32 that 16-bit operands are widened to, bytes
 * @param saved what a checkpoint holds of it; where saves go on in the background, a copy of that comes to the rest
 */
public record TrainingMemory(long weights, long gradients, long moments, long activations, long buffers, long saved) {
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

    /** In float32. */
    public static TrainingMemory of(ModelConfig config, Layout layout, int microBatch, Mode mode) {
        return of(config, layout, microBatch, mode, DType.FLOAT32);
    }

    /**
     * @param type that the model computes in
     */
    public static TrainingMemory of(ModelConfig config, Layout layout, int microBatch, Mode mode, DType type) {
        Map<String, Long> purposes = new HashMap<>();
        MemoryPlan plan;
        try (HostDevice device = new HostDevice(1)) { // no size depends on the number of threads
            plan = MemoryPlan.training(
                    Backend.host(new HostKernels(device), type), config, layout, microBatch, mode, type, purposes);
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
                plan.saved());
    }

    /** The same with the copy that saves in the background need, among the buffers. */
    public TrainingMemory withSavesInBackground() {
        return new TrainingMemory(weights, gradients, moments, activations, buffers + saved, saved);
    }

    /** All of it, bytes. */
    public long total() {
        return weights + gradients + moments + activations + buffers;
    }

    /**
     * The {@code spark.executor.memoryOverhead} to ask for, MiB: the tensors of an executor's ranks, 32 MiB for each of their threads, a tenth of the heap, and
     * 384 MiB for the JVM itself.
     *
     * @param ranks that run in one executor
     * @param threads of a rank
     * @param heap {@code spark.executor.memory}, bytes
     */
    public long overheadMiB(int ranks, int threads, long heap) {
        long bytes = ranks * (total() + threads * THREAD) + heap / HEAP_PER_COLLECTOR + JVM;
        return (bytes + MIB - 1) / MIB;
    }
}
