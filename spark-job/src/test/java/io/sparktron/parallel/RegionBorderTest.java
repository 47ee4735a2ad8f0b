package io.sparktron.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.Kernels;
import io.sparktron.kernels.deferring.DeferringCommunicator;
import io.sparktron.kernels.deferring.DeferringKernels;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.kernels.host.HostKernels;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Both borders over three ranks, on small integers, so that sums are exact and tell by their digits which ranks are in them. */
@Timeout(30)
class RegionBorderTest {
    private static final int RANKS = 3;
    private static final int ROWS = 6; // n
    private static final int COLUMNS = 5; // c

    /** f: the identity, and backward the sum. */
    @Test
    void wholeRowsEnter() {
        each(RegionBorder::wholeRows, rank -> {
            Tensor x = rank.take(ROWS, 7);
            assertThat(rank.border.enter(rank.frame, x).on(rank.on.queue())).isSameAs(x);
            Tensor dx = rank.take(ROWS, Math.pow(10, rank.number));
            assertThat(rank.border.part(rank.frame, dx)).isSameAs(dx);
            rank.border.enterBackward(dx, dx).before(rank.on.queue());
            assertThat(rank.read(dx)).containsOnly(111);
        });
    }

    /** g: the sum, and backward the identity. */
    @Test
    void wholeRowsLeave() {
        each(RegionBorder::wholeRows, rank -> {
            Tensor y = rank.take(ROWS, Math.pow(10, rank.number));
            rank.border.leave(rank.border.part(rank.frame, y), y).before(rank.on.queue());
            assertThat(rank.read(y)).containsOnly(111);
            assertThat(rank.border.leaveBackward(rank.frame, y).on(rank.on.queue()))
                    .isSameAs(y);
        });
    }

    /** The rows of all ranks in their order, and backward each rank's rows of the sum. */
    @Test
    void splitRowsEnter() {
        each(RegionBorder::splitRows, rank -> {
            assertThat(rank.border.rows(ROWS)).isEqualTo(2);
            assertThat(rank.border.first(ROWS)).isEqualTo(2 * rank.number);
            Tensor x = rank.take(2, rank.number);
            Tensor whole = rank.border.enter(rank.frame, x).on(rank.on.queue());
            assertThat(rank.read(whole)).containsExactly(gathered());

            Tensor dx = rank.take(2, -1);
            Tensor part = rank.border.part(rank.frame, dx);
            rank.fillRows(part);
            rank.border.enterBackward(part, dx).before(rank.on.queue());
            assertThat(rank.read(dx)).containsExactly(scattered(rank.number));
        });
    }

    /** Each rank's rows of the sum, and backward the rows of all ranks in their order. */
    @Test
    void splitRowsLeave() {
        each(RegionBorder::splitRows, rank -> {
            Tensor y = rank.take(2, -1);
            Tensor part = rank.border.part(rank.frame, y);
            rank.fillRows(part);
            rank.border.leave(part, y).before(rank.on.queue());
            assertThat(rank.read(y)).containsExactly(scattered(rank.number));

            Tensor dy = rank.take(2, rank.number);
            Tensor whole = rank.border.leaveBackward(rank.frame, dy).on(rank.on.queue());
            assertThat(rank.read(whole)).containsExactly(gathered());
        });
    }

    @Test
    void rowsThatCannotBeSharedAreRefused() {
        each(
                RegionBorder::splitRows,
                rank -> assertThatThrownBy(() -> rank.border.rows(7))
                        .hasMessage("7 rows cannot be shared by 3 ranks; legal: a multiple of 3"));
    }

    /** Two rows of each rank's number. */
    private static float[] gathered() {
        float[] expected = new float[ROWS * COLUMNS];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = i / (2 * COLUMNS);
        }
        return expected;
    }

    /** Of the sum over ranks r of {@code 10^r (row + 1)}, the rank's two rows. */
    private static float[] scattered(int rank) {
        float[] expected = new float[2 * COLUMNS];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = 111 * (2 * rank + i / COLUMNS + 1);
        }
        return expected;
    }

    private interface Check {
        void run(Rank rank);
    }

    private static void each(Function<Execution, RegionBorder> border, Check check) {
        new ThreadRanks(Duration.ofSeconds(20))
                .run(
                        RANKS,
                        context -> {
                            try (Rank rank = new Rank(context, border)) {
                                check.run(rank);
                                return 0;
                            }
                        },
                        report -> {});
    }

    /** One rank of a tensor group whose kernels and collectives run as late as they may. */
    private static final class Rank implements AutoCloseable {
        private final Allocations held = new Allocations();
        private final int number;
        private final Execution on;
        private final RegionBorder border;
        private final Frame frame;

        Rank(RankContext context, Function<Execution, RegionBorder> border) {
            this.number = context.rank();
            Kernels kernels = DeferringKernels.over(new HostKernels(new HostDevice(1)));
            Mesh mesh = Mesh.of(new Layout(RANKS, 1, true, false), new DeferringCommunicator(context.world()));
            this.on = new Execution(kernels, kernels.device().newQueue("compute"), mesh);
            this.border = border.apply(on);
            this.frame = new Frame(held.from(context.world().allocator()).allocate("activations", 1 << 14));
        }

        Tensor take(long rows, double value) {
            Tensor tensor = frame.take(DType.FLOAT32, rows, COLUMNS);
            on.kernels().elementwise().fill(on.queue(), tensor, value);
            return tensor;
        }

        /** Row i becomes {@code 10^rank (i + 1)}. */
        void fillRows(Tensor tensor) {
            for (long row = 0; row < tensor.extent(0); row++) {
                double value = Math.pow(10, number) * (row + 1);
                on.kernels().elementwise().fill(on.queue(), tensor.rows(row, 1), value);
            }
        }

        float[] read(Tensor tensor) {
            ByteBuffer bytes = ByteBuffer.allocate((int) tensor.bytes()).order(ByteOrder.LITTLE_ENDIAN);
            on.queue().read(tensor, bytes);
            float[] values = new float[(int) tensor.elements()];
            bytes.asFloatBuffer().get(values);
            return values;
        }

        @Override
        public void close() {
            held.close();
        }
    }
}
