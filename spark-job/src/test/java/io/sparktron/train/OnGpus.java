package io.sparktron.train;

import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankProgram;
import io.sparktron.rank.ThreadRanks;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** Ranks that are threads, each on a pretended GPU of its own. */
final class OnGpus {
    private static final DeviceConfig CUDA = new DeviceConfig(DeviceConfig.Kind.CUDA, 1);

    private OnGpus() {}

    /** Runs {@code body} on every rank; the execution lives as long as it runs. */
    static <R extends Serializable> List<R> run(Layout layout, Precision precision, Function<Execution, R> body) {
        return new ThreadRanks(Duration.ofSeconds(120))
                .run(layout.ranks(), new Program<>(layout, precision, body), report -> {});
    }

    @SuppressWarnings("serial") // ranks that are threads are sent nowhere
    private record Program<R extends Serializable>(Layout layout, Precision precision, Function<Execution, R> body)
            implements RankProgram<R> {
        @Override
        public GpuUse gpus() {
            return CUDA.kind().gpus();
        }

        @Override
        public R run(RankContext context) {
            try (RankDevice device = new RankDevice(CUDA, layout, precision, context)) {
                return body.apply(device.execution());
            }
        }
    }
}
