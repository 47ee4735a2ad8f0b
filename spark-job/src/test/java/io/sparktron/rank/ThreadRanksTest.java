package io.sparktron.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.collective.Collective.AllReduce;
import io.sparktron.collective.Reduction;
import io.sparktron.kernels.cuda.GpuFailures;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.rank.RankFailedException.Kind;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.OutOfDeviceMemoryException;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ranks that fail before their peers expect it: all end, and the first cause is told. */
@Timeout(60)
class ThreadRanksTest {
    private static final int RANKS = 3;

    /** Longer than the test may take: whoever waited for it to pass would fail the test. */
    private final ThreadRanks ranks = new ThreadRanks(Duration.ofMinutes(10));

    @Test
    void resultsAndReportsComeByRank() {
        List<Serializable> reports = new ArrayList<>();
        List<Integer> results = ranks.run(
                RANKS,
                context -> {
                    context.report(context.rank());
                    return 10 * context.rank();
                },
                reports::add);
        assertThat(results).containsExactly(0, 10, 20);
        assertThat(reports).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void aRankThatThrowsEndsThePeersThatWaitForIt() {
        assertThatThrownBy(() ->
                        ranks.run(RANKS, context -> meet(context, 1, new IllegalStateException("of its own")), r -> {}))
                .isInstanceOf(RankFailedException.class)
                .hasMessageContainingAll("rank 1", "of its own");
    }

    @Test
    void anErrorIsNoLessAFailureThanAnException() {
        assertThatThrownBy(() ->
                        ranks.run(RANKS, context -> meet(context, 2, new StackOverflowError("too deep")), r -> {}))
                .isInstanceOf(RankFailedException.class)
                .hasMessageContainingAll("rank 2", "too deep");
    }

    @Test
    void aRankWithoutMemoryEndsThePeersThatHaveTheirs() {
        assertThatThrownBy(() -> ranks.run(
                        RANKS,
                        context -> meet(context, 0, new OutOfDeviceMemoryException("no memory for gradients")),
                        r -> {}))
                .isInstanceOf(RankFailedException.class)
                .hasCauseInstanceOf(OutOfDeviceMemoryException.class)
                .hasMessageContaining("no memory for gradients");
    }

    @Test
    void aLostGpuEndsTheProcess() {
        assertThatThrownBy(() ->
                        ranks.run(RANKS, context -> meet(context, 1, GpuFailures.error(719, true)), report -> {}))
                .isInstanceOfSatisfying(
                        RankFailedException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(Kind.PROGRAM))
                .hasMessageContaining("rank 1 of this process")
                .hasMessageEndingWith("start the command again");
    }

    @Test
    void aDriverThatCannotTakeAReportFailsTheRank() {
        assertThatThrownBy(() -> ranks.run(
                        1,
                        context -> {
                            context.report("x");
                            return 0;
                        },
                        report -> {
                            throw new IllegalArgumentException("cannot take " + report);
                        }))
                .isInstanceOf(RankFailedException.class)
                .hasMessageContaining("cannot take x");
    }

    /** An all-reduce of 64 KB to which one rank does not come. */
    private static int meet(RankContext context, int missing, Throwable instead) {
        if (context.rank() == missing) {
            fail(instead);
        }
        try (HostDevice device = new HostDevice(1);
                Memory memory = context.world().allocator().allocate("operand", 1 << 16)) {
            Tensor tensor = new Tensor(memory, 0, DType.FLOAT32, Shape.of(1 << 14));
            context.world().run(new AllReduce(Reduction.SUM, tensor), device.newQueue("test"));
        }
        return 0;
    }

    private static void fail(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }
}
