package io.sparktron.gpucheck;

import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankProgram;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Precision;
import io.sparktron.train.RankDevice;
import java.io.Serializable;

/**
 * Something that every device does, each by a rank of its own, opened as training opens it.
 *
 * @param devices as many ranks run it
 */
record DeviceProgram<R extends Serializable>(DeviceConfig device, int devices, Precision precision, Work<R> work)
        implements RankProgram<R> {
    /** What a rank does with its device. */
    @FunctionalInterface
    interface Work<R extends Serializable> extends Serializable {
        R run(Execution on, RankContext context);
    }

    @Override
    public GpuUse gpus() {
        return device.kind().gpus();
    }

    @Override
    public R run(RankContext context) {
        try (RankDevice rank = new RankDevice(device, new Layout(1, devices), precision, context)) {
            return work.run(rank.execution(), context);
        }
    }
}
