package io.sparktron.kernels;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The kernels of a device that has memory of its own, for tests whose tensors lie in the host's: each memory that a call names is copied to the device before the call and
 * back after it. There it lies between margins of numbers that are none, which spoil whatever reads them and have to be the same afterwards.
 */
final class StagedKernels {
    /** Bytes before and behind: more than any access of a thread. */
    private static final int MARGIN = 256;

    private static final byte POISON = -1;

    private final Kernels kernels;
    private final int shift;

    private StagedKernels(Kernels kernels, int shift) {
        this.kernels = kernels;
        this.shift = shift;
    }

    /**
     * @param shift elements between the start of a tensor's memory and a boundary of 256 bytes
     */
    static Kernels over(Kernels kernels, int shift) {
        return new InterceptedKernels(kernels, kernels.device(), new StagedKernels(kernels, shift)::run);
    }

    /** Memory of the host and its copy. */
    private record Stage(HostMemory host, Memory device, int start) {
        /** The tensor's copy. */
        Tensor of(Tensor tensor) {
            return new Tensor(device, start + tensor.offset(), tensor.type(), tensor.shape());
        }

        /** All of it, margins too; every type has an even number of bytes. */
        Tensor all() {
            return new Tensor(device, 0, DType.BFLOAT16, Shape.of(device.bytes() / DType.BFLOAT16.bytes()));
        }

        int bytes() {
            return (int) host.bytes();
        }
    }

    private void run(Queue queue, InterceptedKernels.Call kernel) {
        Map<HostMemory, Stage> stages = new IdentityHashMap<>();
        Object[] arguments = kernel.arguments();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] instanceof Tensor tensor) {
                arguments[i] = stage(queue, tensor, stages);
            } else if (arguments[i] instanceof SampleRows rows) {
                Tensor positions = stage(queue, rows.positions(), stages);
                arguments[i] = new SampleRows(positions, rows.sequence(), rows.first());
            }
        }
        try {
            kernel.accept(queue, arguments);
            stages.values().forEach(stage -> fetch(queue, stage, kernel.name()));
        } finally {
            stages.values().forEach(stage -> stage.device.close());
        }
    }

    private Tensor stage(Queue queue, Tensor tensor, Map<HostMemory, Stage> stages) {
        HostMemory memory = (HostMemory) tensor.memory();
        return stages.computeIfAbsent(
                        memory,
                        host -> send(queue, host, MARGIN + shift * tensor.type().bytes()))
                .of(tensor);
    }

    private Stage send(Queue queue, HostMemory host, int start) {
        int bytes = (int) host.bytes();
        ByteBuffer image = ByteBuffer.allocateDirect(start + bytes + MARGIN);
        for (int i = 0; i < image.capacity(); i++) {
            image.put(i, POISON);
        }
        image.put(start, host.window(0), 0, bytes);
        Memory device = kernels.device().allocator().allocate("test", image.capacity());
        Stage stage = new Stage(host, device, start);
        queue.write(image, stage.all());
        return stage;
    }

    private static void fetch(Queue queue, Stage stage, String kernel) {
        ByteBuffer image = ByteBuffer.allocateDirect((int) stage.device.bytes());
        queue.read(stage.all(), image);
        for (int i = 0; i < image.capacity(); i++) {
            boolean margin = i < stage.start || i >= stage.start + stage.bytes();
            if (margin && image.get(i) != POISON) {
                throw new AssertionError(kernel + " wrote byte " + (i - stage.start) + " of " + stage.bytes());
            }
        }
        stage.host.window(0).put(0, image, stage.start, stage.bytes());
    }
}
