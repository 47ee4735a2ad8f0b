package io.sparktron.pretrain;

import static org.assertj.core.api.Assertions.assertThat;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.NamedTensor;
import io.sparktron.kernels.StepState;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.storage.BlockListener;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;
import io.sparktron.train.Backends;
import io.sparktron.train.TrainingState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run starts from comes to the device once: to draw a large model takes minutes. */
class RunStateTest {
    private static final long PROGRESS = (long) StepState.SLOTS * Double.BYTES;

    @TempDir
    Path folder;

    private SmallRuns runs;

    @BeforeEach
    void train() {
        runs = new SmallRuns(folder);
        runs.request("run").steps(2).run();
    }

    @Test
    void aResumedRunOnlyLoads() {
        assertThat(written(runs.request("run"))).isEqualTo(3 * weights() + PROGRESS);
    }

    @Test
    void aRunFromWeightsDrawsNone() {
        assertThat(written(runs.request("from").initFrom(runs.folder("run")))).isEqualTo(weights() + PROGRESS);
    }

    private long weights() {
        return Checkpoint.open(runs.folder("run"), SmallRuns.HADOOP)
                        .metadata()
                        .model()
                        .parameters()
                * Float.BYTES;
    }

    /** Bytes that are copied to the device for the start of a run. */
    private static long written(SmallRuns.Request request) {
        return new ThreadRanks(Duration.ofSeconds(30))
                .run(1, context -> written(request.build(), context), report -> {})
                .get(0);
    }

    private static long written(PretrainRequest request, RankContext context) {
        Execution plain = Backends.PLAIN.execution(new Layout(1, 1), context.world());
        AtomicLong bytes = new AtomicLong();
        Execution on = new Execution(plain.kernels(), counting(plain.queue(), bytes), plain.mesh(), plain.type());
        try (Allocations held = new Allocations()) {
            PretrainPlan plan =
                    Pretrain.plan(request, SmallRuns.HADOOP, line -> {}).orElseThrow();
            var allocator = held.from(context.world().allocator());
            TrainingState state =
                    new TrainingState(on, plan.model(), new ParameterStorage.Source(allocator, allocator, true));
            RunState.prepare(plan, state, SmallRuns.HADOOP, BlockListener.NONE);
            List<NamedTensor> weights = state.weights();
            assertThat(weights).isNotEmpty();
            return bytes.get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Queue counting(Queue queue, AtomicLong bytes) {
        return (Queue) Proxy.newProxyInstance(
                Queue.class.getClassLoader(), new Class<?>[] {Queue.class}, (self, method, arguments) -> {
                    if (method.getName().equals("write")) {
                        bytes.addAndGet(((Tensor) arguments[1]).bytes());
                    }
                    return method.invoke(queue, arguments);
                });
    }
}
