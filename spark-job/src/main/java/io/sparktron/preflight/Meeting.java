package io.sparktron.preflight;

import io.sparktron.collective.Collective;
import io.sparktron.collective.Reduction;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankProgram;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.RankDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Joins all ranks by the groups that training will use, on the device that it will, and adds their numbers: returns 1 + ... + ranks. */
record Meeting(Layout layout, DeviceConfig device) implements RankProgram<Double> {
    @Override
    public int groupSize() {
        return layout.tensor();
    }

    @Override
    public GpuUse gpus() {
        return device.kind().gpus();
    }

    @Override
    public Double run(RankContext context) {
        ByteBuffer number =
                ByteBuffer.allocate(Double.BYTES).order(ByteOrder.LITTLE_ENDIAN).putDouble(0, context.rank() + 1);
        try (RankDevice opened = new RankDevice(device, layout, context);
                Memory memory = opened.execution().mesh().world().allocator().allocate("probe", Double.BYTES)) {
            Queue queue = opened.execution().queue();
            Tensor tensor = new Tensor(memory, 0, DType.FLOAT64, Shape.of(1));
            queue.write(number, tensor);
            opened.execution().mesh().world().run(new Collective.AllReduce(Reduction.SUM, tensor), queue);
            number.clear();
            queue.read(tensor, number);
            return number.getDouble(0);
        }
    }
}
