package io.sparktron.preflight;

import io.sparktron.collective.Collective;
import io.sparktron.collective.Reduction;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankProgram;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Joins all ranks by the communicator that training will use, and adds their numbers: returns 1 + ... + ranks. */
record Meeting(Layout layout) implements RankProgram<Double> {
    @Override
    public int groupSize() {
        return layout.tensor();
    }

    @Override
    public Double run(RankContext context) {
        ByteBuffer number =
                ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN).putDouble(0, context.rank() + 1);
        try (HostDevice device = new HostDevice(1);
                Memory memory = HostMemory.allocate("probe", Double.BYTES)) {
            Queue queue = device.newQueue("probe");
            Tensor tensor = new Tensor(memory, 0, DType.FLOAT64, Shape.of(1));
            queue.write(number, tensor);
            context.world().run(new Collective.AllReduce(Reduction.SUM, tensor), queue);
            number.clear();
            queue.read(tensor, number);
            return number.getDouble(0);
        }
    }
}
