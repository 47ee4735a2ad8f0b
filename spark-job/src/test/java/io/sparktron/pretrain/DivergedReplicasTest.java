package io.sparktron.pretrain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.collective.Communicator;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankFailedException;
import io.sparktron.rank.RankLauncher;
import io.sparktron.rank.RankProgram;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.HostMemory;
import io.sparktron.train.ReplicasDifferException;
import java.io.Serializable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run in which one bit of a weight flips on one rank before step 5. */
@Timeout(120)
class DivergedReplicasTest {
    private static final int FLIPPED_BEFORE = 5;

    @TempDir
    Path folder;

    private SmallRuns runs;

    @BeforeEach
    void runs() {
        runs = new SmallRuns(folder);
    }

    @Test
    void isFoundAfterTheStepAndNotTriedAgain() {
        assertFound(runs.request("run").checkReplicasEvery(1), 5);
        assertThat(runs.progress()).noneMatch(line -> line.contains("retry"));
        assertThat(runs.metrics("run")).hasSize(5);
    }

    /** Before the checkpoint after step 6; the one after step 3 is whole, and the run goes on from there. */
    @Test
    void neverBecomesACheckpoint() {
        runs.request("whole").layout(1, 2).run();
        SmallRuns.Request request = runs.request("run").checkReplicasEvery(1000).checkpointEvery(3);
        assertFound(request, 6);
        assertThat(newest()).isEqualTo(3);
        request.run();
        assertThat(runs.losses("run")).isEqualTo(runs.losses("whole"));
    }

    /** The state after step 3 was compared before its save began; that is complete only after the step in which the bit flips. */
    @Test
    void aSaveThatWasPendingIsStillMade() {
        CountDownLatch released = new CountDownLatch(1);
        SmallRuns hooked = new SmallRuns("hooked:" + folder, HookedFileSystem.configuration(file -> {
            if (file.getName().matches("step-00000003-.*-rank-00000.safetensors")) {
                released.await();
            }
        }));
        SmallRuns.Request request =
                hooked.request("run").checkReplicasEvery(1).checkpointEvery(3).inBackground();
        assertFound(request, 5, message -> {
            if (message instanceof PretrainReport.Step step && step.metrics().step() == 5) {
                released.countDown();
            }
        });
        assertThat(newest()).isEqualTo(3);
    }

    /** What the check is for: nothing else would notice. */
    @Test
    void isNotFoundWhereNobodyLooks() {
        runs.request("run").layout(1, 2).checkReplicasEvery(0).run(new BitFlip(message -> {}));
        assertThat(newest()).isEqualTo(10);
    }

    private void assertFound(SmallRuns.Request request, int step) {
        assertFound(request, step, message -> {});
    }

    private void assertFound(SmallRuns.Request request, int step, Consumer<Serializable> heard) {
        assertThatThrownBy(() -> request.layout(1, 2).retries(1).run(new BitFlip(heard)))
                .isInstanceOf(RankFailedException.class)
                .hasCauseInstanceOf(ReplicasDifferException.class)
                .hasMessageContaining("after step " + step + " the copies of ")
                .hasMessageContaining(" differ: rank 0 against rank 1");
    }

    private long newest() {
        return Checkpoint.open(runs.folder("run"), SmallRuns.HADOOP).metadata().step();
    }

    /** Ranks as threads, one of which has bad memory. */
    private record BitFlip(Consumer<Serializable> heard) implements RankLauncher {
        @Override
        public <R extends Serializable> List<R> run(
                int ranks, RankProgram<R> program, Consumer<Serializable> onReport, BooleanSupplier stop) {
            return new ThreadRanks(Duration.ofSeconds(60))
                    .run(
                            ranks,
                            context -> program.run(context.rank() == 1 ? new BadMemory(context).seen() : context),
                            message -> {
                                heard.accept(message);
                                onReport.accept(message);
                            },
                            stop);
        }
    }

    /** A rank's context that keeps an eye on its weights, and counts its steps by what it asks before each. */
    private static final class BadMemory {
        private final RankContext context;
        private HostMemory weights;
        private int steps;

        BadMemory(RankContext context) {
            this.context = context;
        }

        RankContext seen() {
            return proxy(RankContext.class, context, (method, result) -> {
                if (method.equals("stopRequested") && ++steps == FLIPPED_BEFORE) {
                    byte old = weights.window(0).get(0);
                    weights.window(0).put(0, (byte) (old ^ 1));
                }
                return method.equals("world") ? proxy(Communicator.class, result, this::allocator) : result;
            });
        }

        private Object allocator(String method, Object result) {
            if (!method.equals("allocator")) {
                return result;
            }
            return (Allocator) (purpose, bytes) -> {
                var memory = ((Allocator) result).allocate(purpose, bytes);
                if (purpose.equals("parameters")) {
                    weights = (HostMemory) memory;
                }
                return memory;
            };
        }

        private interface Change {
            Object of(String method, Object result);
        }

        private static <T> T proxy(Class<T> type, Object target, Change change) {
            return type.cast(Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                        try {
                            return change.of(method.getName(), method.invoke(target, arguments));
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));
        }
    }
}
