package io.sparktron.kernels;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The kernels of a device that has memory of its own, for tests whose tensors lie in the host's: each memory that a call names is copied to the device before the call and
 * back after it. There it lies between margins of numbers that are none, which spoil whatever reads them and have to be the same afterwards.
 */
public final class StagedKernels {
    /** Bytes before and behind, and the boundary that tensors lie on: more than any access of a thread. */
    private static final int MARGIN = 256;

    private static final byte POISON = -1;

    private final Kernels kernels;
    private final int shift;
    private Memory arena;

    private StagedKernels(Kernels kernels, int shift) {
        this.kernels = kernels;
        this.shift = shift;
    }

    /**
     * @param shift elements between a boundary of 256 bytes and the start of a tensor's memory
     */
    public static Kernels over(Kernels kernels, int shift) {
        return new InterceptedKernels(kernels, kernels.device(), new StagedKernels(kernels, shift)::run);
    }

    private void run(Queue queue, InterceptedKernels.Call kernel) {
        Map<HostMemory, Integer> starts = new LinkedHashMap<>(); // in the arena
        Object[] arguments = kernel.arguments();
        int end = 0;
        for (Object argument : arguments) {
            Tensor tensor = argument instanceof SampleRows rows ? rows.positions() : null;
            tensor = argument instanceof Tensor itself ? itself : tensor;
            if (tensor != null && tensor.memory() instanceof HostMemory host && !starts.containsKey(host)) {
                int start = end + MARGIN + shift * tensor.type().bytes();
                starts.put(host, start);
                end = (start + (int) host.bytes() + 2 * MARGIN - 1) / MARGIN * MARGIN;
            }
        }
        reserve(end);
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof Tensor tensor) {
                arguments[i] = staged(tensor, starts);
            } else if (arguments[i] instanceof SampleRows rows) {
                arguments[i] = new SampleRows(staged(rows.positions(), starts), rows.sequence(), rows.first());
            }
        }
        ByteBuffer image = ByteBuffer.allocateDirect(end);
        for (int i = 0; i < end; i++) {
            image.put(i, POISON);
        }
        starts.forEach((host, start) -> image.put(start, host.window(0), 0, (int) host.bytes()));
        queue.write(image, all(end));
        kernel.accept(queue, arguments);
        queue.read(all(end), image);
        starts.forEach((host, start) -> host.window(0).put(0, image, start, (int) host.bytes()));
        requireMargins(kernel.name(), image, starts);
    }

    /** One allocation for all calls: as large as the largest needs. */
    private void reserve(int bytes) {
        if (arena == null || arena.bytes() < bytes) {
            if (arena != null) {
                arena.close();
            }
            arena = kernels.device().allocator().allocate("operands of tests", bytes);
        }
    }

    private Tensor staged(Tensor tensor, Map<HostMemory, Integer> starts) {
        HostMemory host = (HostMemory) tensor.memory();
        return new Tensor(arena, starts.get(host) + tensor.offset(), tensor.type(), tensor.shape());
    }

    /** The first bytes of the arena; every type has an even number of them. */
    private Tensor all(int bytes) {
        return new Tensor(arena, 0, DType.BFLOAT16, Shape.of(bytes / DType.BFLOAT16.bytes()));
    }

    private static void requireMargins(String kernel, ByteBuffer image, Map<HostMemory, Integer> starts) {
        int from = 0;
        for (Map.Entry<HostMemory, Integer> stage : starts.entrySet()) {
            requirePoison(kernel, image, from, stage.getValue());
            from = stage.getValue() + (int) stage.getKey().bytes();
        }
        requirePoison(kernel, image, from, image.capacity());
    }

    private static void requirePoison(String kernel, ByteBuffer image, int from, int end) {
        for (int i = from; i < end; i++) {
            if (image.get(i) != POISON) {
                throw new AssertionError(kernel + " wrote beside its operands: byte " + (i - from)
                        + " of the margin of " + (end - from) + " bytes");
            }
        }
    }
}
