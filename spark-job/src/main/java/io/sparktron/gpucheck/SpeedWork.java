package io.sparktron.gpucheck;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Communicator;
import io.sparktron.collective.Reduction;
import io.sparktron.kernels.check.KernelSpeeds;
import io.sparktron.kernels.check.ModelProduct;
import io.sparktron.kernels.check.Speed;
import io.sparktron.kernels.check.Stopwatch;
import io.sparktron.parallel.Execution;
import io.sparktron.rank.RankContext;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast a device is: kernels, products, and where there are several the all-reduce of gradients between them.
 *
 * @param reduced elements of an all-reduce
 */
record SpeedWork(KernelSpeeds.Scale scale, List<ModelProduct> products, long reduced, Stopwatch stopwatch)
        implements DeviceProgram.Work<ArrayList<Speed>> {
    @Override
    public ArrayList<Speed> run(Execution on, RankContext context) {
        ArrayList<Speed> speeds =
                new ArrayList<>(KernelSpeeds.measure(on.kernels(), on.queue(), on.type(), scale, stopwatch));
        for (ModelProduct product : products) {
            double seconds = product.seconds(on.kernels(), on.queue(), on.type(), stopwatch);
            speeds.add(new Speed(ModelProduct.KERNEL, on.type(), product.toString(), 0, product.operations(), seconds));
            context.pass();
        }
        Communicator group = on.mesh().data();
        if (group.size() > 1) {
            speeds.add(allReduce(group, on));
        }
        return speeds;
    }

    /** Bytes that each device must send: of r parts r - 1 twice. */
    private Speed allReduce(Communicator group, Execution on) {
        try (Allocations held = new Allocations()) {
            Tensor tensor = new Tensor(
                    held.from(group.allocator())
                            .allocate("all-reduce", reduced * on.type().bytes()),
                    0,
                    on.type(),
                    Shape.of(reduced));
            AllReduce sum = new AllReduce(Reduction.SUM, tensor);
            double seconds = stopwatch.timeTogether(on.queue(), () -> group.run(sum, on.queue()));
            double bytes = 2.0 * (group.size() - 1) / group.size() * tensor.bytes();
            return new Speed("collective.allReduce", on.type(), tensor.shape().toString(), bytes, 0, seconds);
        }
    }
}
