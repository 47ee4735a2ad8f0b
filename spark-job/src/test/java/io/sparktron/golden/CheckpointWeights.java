package io.sparktron.golden;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.NamedTensor;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.parallel.Box;
import io.sparktron.parallel.ParameterSpec;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** The weights of a checkpoint as arrays. */
public final class CheckpointWeights {
    private CheckpointWeights() {}

    /** A whole parameter, row-major. */
    public static float[] load(Checkpoint checkpoint, ParameterSpec spec) {
        Shape shape = spec.global();
        try (HostDevice device = new HostDevice(1);
                HostMemory memory = HostMemory.allocate(spec.name(), shape.elements() * Float.BYTES)) {
            Queue queue = device.newQueue("load");
            Tensor tensor = new Tensor(memory, 0, DType.FLOAT32, shape);
            checkpoint.load(List.of(new NamedTensor(spec.name(), shape, Box.whole(shape), tensor, false)), queue);
            ByteBuffer read = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            queue.read(tensor, read);
            float[] values = new float[(int) shape.elements()];
            read.asFloatBuffer().get(values);
            return values;
        }
    }
}
