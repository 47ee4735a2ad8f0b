package io.sparktron.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class NormalInitializerTest {
    private static final Shape CUBE = Shape.of(3, 5, 7);

    @Test
    void everySliceHoldsTheValuesOfTheWhole() {
        float[] whole = fill(11, "layer.weight", CUBE, new long[3], CUBE);
        for (long[] start : new long[][] {{0, 0, 0}, {1, 2, 3}, {2, 4, 6}, {0, 1, 5}}) {
            for (long[] extents : new long[][] {{1, 1, 1}, {1, 1, 2}, {2, 3, 4}, {3, 5, 7}, {1, 0, 1}}) {
                if (inside(start, extents)) {
                    float[] slice = fill(11, "layer.weight", CUBE, start, Shape.of(extents));
                    assertThat(slice).containsExactly(cut(whole, start, extents));
                }
            }
        }
    }

    /** Rows are padded, so a vocabulary of another size keeps the rows it shares. */
    @Test
    void moreRowsKeepTheFirstOnes() {
        float[] small = fill(1, "table", Shape.of(3, 5), new long[2], Shape.of(3, 5));
        float[] large = fill(1, "table", Shape.of(9, 5), new long[2], Shape.of(3, 5));
        assertThat(large).containsExactly(small);
    }

    /** The moments of n = 200,000 draws against four of their own standard deviations: 1/sqrt(n), sqrt(2/n) and sqrt(96/n). */
    @Test
    void momentsAreThoseOfTheNormalDistribution() {
        Shape shape = Shape.of(400, 500);
        int n = 200_000;
        double[] moments = new double[5];
        float largest = 0;
        for (float value : fill(5, "weight", shape, new long[2], shape)) {
            double x = value / 0.02;
            for (int power = 1; power <= 4; power++) {
                moments[power] += StrictMath.pow(x, power) / n;
            }
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(moments[1]).isCloseTo(0, within(4 / Math.sqrt(n)));
        assertThat(moments[2]).isCloseTo(1, within(4 * Math.sqrt(2.0 / n)));
        assertThat(moments[4]).isCloseTo(3, within(4 * Math.sqrt(96.0 / n)));
        assertThat(largest).isLessThan(0.02f * 6.8f);
    }

    @Test
    void seedsAndNamesGiveOtherNumbers() {
        float[] first = fill(1, "a", CUBE, new long[3], CUBE);
        assertThat(fill(1, "a", CUBE, new long[3], CUBE)).containsExactly(first);
        assertThat(fill(2, "a", CUBE, new long[3], CUBE)).doesNotContain(first);
        assertThat(fill(1, "b", CUBE, new long[3], CUBE)).doesNotContain(first);
    }

    @Test
    void writesFromThePositionAndLeavesIt() {
        ByteBuffer buffer = ByteBuffer.allocate(12).order(ByteOrder.BIG_ENDIAN).position(4);
        NormalInitializer.fill(1, "a", Shape.of(1), new long[1], Shape.of(1), 1, buffer);
        assertThat(buffer.position()).isEqualTo(4);
        assertThat(buffer.getInt(0)).isZero();
        assertThat(buffer.getInt(8)).isZero();
        assertThat(buffer.order(ByteOrder.LITTLE_ENDIAN).getFloat(4))
                .isEqualTo(fill(1, "a", Shape.of(1), new long[1], Shape.of(1))[0] / 0.02f, within(1e-6f));
    }

    @Test
    void refusesWhatDoesNotFit() {
        assertThatThrownBy(() -> fill(1, "a", CUBE, new long[] {0, 0, 1}, CUBE))
                .hasMessage("box [3, 5, 7] at [0, 0, 1] does not lie in a[3, 5, 7]");
        assertThatThrownBy(() -> fill(1, "a", CUBE, new long[2], CUBE)).hasMessageContaining("does not lie in a");
        assertThatThrownBy(() ->
                        NormalInitializer.fill(1, "a", CUBE, new long[3], CUBE, 1, ByteBuffer.allocate(105 * 4 - 1)))
                .hasMessage("destination for a[3, 5, 7] has 419 bytes remaining, needs 420");
        Shape huge = Shape.of(1L << 32, 5);
        assertThatThrownBy(() -> fill(1, "a", huge, new long[2], Shape.of(1, 1)))
                .hasMessageContaining("2^34");
    }

    private static float[] fill(long seed, String name, Shape global, long[] start, Shape local) {
        ByteBuffer buffer = ByteBuffer.allocate((int) local.elements() * 4).order(ByteOrder.LITTLE_ENDIAN);
        NormalInitializer.fill(seed, name, global, start, local, 0.02, buffer);
        float[] values = new float[(int) local.elements()];
        buffer.asFloatBuffer().get(values);
        return values;
    }

    private static boolean inside(long[] start, long[] extents) {
        return start[0] + extents[0] <= 3 && start[1] + extents[1] <= 5 && start[2] + extents[2] <= 7;
    }

    private static float[] cut(float[] whole, long[] start, long[] extents) {
        float[] slice = new float[(int) Shape.of(extents).elements()];
        int next = 0;
        for (long i = start[0]; i < start[0] + extents[0]; i++) {
            for (long j = start[1]; j < start[1] + extents[1]; j++) {
                for (long k = start[2]; k < start[2] + extents[2]; k++) {
                    slice[next++] = whole[(int) ((i * 5 + j) * 7 + k)];
                }
            }
        }
        return slice;
    }
}
