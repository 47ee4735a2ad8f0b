package io.sparktron.kernels;

import static io.sparktron.kernels.Tensors.constant;
import static io.sparktron.kernels.Tensors.longs;
import static io.sparktron.kernels.Tensors.values;
import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.sparktron.random.Philox;
import io.sparktron.tensor.Tensor;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The masks themselves: what is dropped, how often, and that no division of the work changes it. */
@ParameterizedClass
@MethodSource("io.sparktron.kernels.Backends#ofAllTypes")
record DropoutTest(Backends backend) {
    private static final int S = 13;
    private static final int H = 71;
    private static final Tensor SAMPLES = longs(9, -1, 1L << 62 | 12345);
    private static final Dropout DROPOUT = new Dropout(0.1, 0x9876543210L, DropoutSite.MLP_OUTPUT.of(17));

    @Test
    void theMaskIsThatOfTheDefinition() {
        Tensor mask = mask(DROPOUT, 0, 3 * S);
        int[] words = new int[Philox.WORDS];
        long limit = Math.round(0.1 * 4294967296.0);
        double[] factors = values(mask);
        for (int i = 0; i < factors.length; i++) {
            int row = i / H;
            long element = row % S * 72L + i % H; // rows padded from 71 to 72
            long position = new long[] {9, -1, 1L << 62 | 12345}[row / S];
            Philox.block(0x9876543210L, element / 4 | (4L << 24 | 17) << 32, position, words);
            boolean kept = Integer.toUnsignedLong(words[(int) (element % 4)]) >= limit;
            assertThat(factors[i]).as("element %d", i).isEqualTo(kept ? factor((float) (1 / 0.9)) : 0);
        }
    }

    @Test
    void theMaskOfSomeRowsIsThatPartOfTheWhole() {
        double[] whole = values(mask(DROPOUT, 0, 3 * S));
        for (int[] borders : new int[][] {{0, 13, 26, 39}, {0, 1, 39}, {0, 20, 39}, {0, 7, 14, 21, 28, 35, 39}}) {
            for (int part = 1; part < borders.length; part++) {
                int first = borders[part - 1];
                double[] some = values(mask(DROPOUT, first, borders[part] - first));
                for (int i = 0; i < some.length; i++) {
                    assertThat(some[i]).isEqualTo(whole[first * H + i]);
                }
            }
        }
    }

    /**
     * The number of dropped elements of N is binomial: mean Np, deviation sqrt(Np(1-p)); 5 deviations are a chance of 6e-7, and seeds are fixed. The sum over
     * a row or a column, and that of neighbours dropped together, follow from the same.
     */
    @Test
    void dropsAsOftenAsItShould() {
        int rows = 499;
        int columns = 333;
        for (double p : new double[] {0.1, 0.5, 0.9}) {
            Dropout dropout = new Dropout(p, 42, DropoutSite.EMBEDDING.of(0));
            Tensor ones = backend.round(constant(1, rows, columns));
            SampleRows all = SampleRows.all(longs(77), rows);
            backend.run(o -> o.kernels().elementwise().dropout(o.queue(), ones, dropout, all, ones));
            double[] factors = values(ones);
            double n = factors.length;
            double dropped = 0;
            double together = 0;
            double squares = 0;
            for (int i = 0; i < factors.length; i++) {
                dropped += factors[i] == 0 ? 1 : 0;
                together += factors[i] == 0 && factors[(i + 1) % factors.length] == 0 ? 1 : 0;
                squares += (factors[i] - 1) * (factors[i] - 1);
            }
            assertThat(dropped).isCloseTo(n * p, within(5 * Math.sqrt(n * p * (1 - p))));
            // Overlapping pairs: variance N (q (1 - q) + 2 (p^3 - q^2)) with q = p^2.
            double q = p * p;
            double pairs = Math.sqrt(n * (q * (1 - q) + 2 * (p * q - q * q)));
            assertThat(together).isCloseTo(n * q, within(5 * pairs));
            // The square distance of a factor from 1 is 1 where dropped, that of the rounded scale where kept.
            double kept = Math.pow(factor(dropout.scale()) - 1, 2);
            double spread = Math.abs(1 - kept) * Math.sqrt(p * (1 - p) / n);
            assertThat(squares / n).isCloseTo(p + (1 - p) * kept, within(5 * spread + 1e-6));
        }
    }

    @Test
    void masksDifferBySeedSiteLayerAndPosition() {
        Set<Long> masks = new HashSet<>();
        int count = 0;
        for (long seed : new long[] {1, 2, 1L << 32 | 1}) {
            for (DropoutSite site : DropoutSite.values()) {
                for (int layer = 0; layer < 3; layer++) {
                    for (int sample = 0; sample < 3; sample++) {
                        Dropout dropout = new Dropout(0.5, seed, site.of(layer));
                        masks.add(Bits.checksum(mask(dropout, sample * S, S)));
                        count++;
                    }
                }
            }
        }
        assertThat(masks).hasSize(count);
    }

    @Test
    void thresholdsAndScales() {
        assertThat(new Dropout(0.5, 0, 0).threshold()).isEqualTo(1L << 31);
        assertThat(new Dropout(0.5, 0, 0).scale()).isEqualTo(2);
        assertThat(new Dropout(0x1p-33, 0, 0).threshold()).isEqualTo(1);
        assertThat(new Dropout(Math.nextDown(1.0), 0, 0).threshold()).isEqualTo((1L << 32) - 1);
        assertThat(new Dropout(0.1, 0, 0).threshold()).isEqualTo(429496730);
        assertThat(new Dropout(0.2, 0, 0).threshold()).isEqualTo(858993460); // 858993459 is below 0.2 x 2^32
        assertThat(new Dropout(1e-20, 0, 0).threshold()).isEqualTo(1);
        assertThat(Dropout.NONE.threshold()).isZero();
        assertThat(new Dropout(0.1, 0, 0).scale()).isEqualTo((float) (1 / 0.9));
        assertThat(Dropout.NONE.active()).isFalse();
        assertThat(new Dropout(1e-20, 0, 0).active()).isTrue();
    }

    /** 32 bits count the blocks of a mask; what has none may have more elements. */
    @Test
    void onlyAMaskLimitsTheElements() {
        SampleRows rows = SampleRows.all(longs(1), 1L << 33);
        Tensor x = backend.round(constant(3, 2, 5));
        backend.run(o -> o.kernels().elementwise().dropout(o.queue(), x, Dropout.NONE, rows, x));
        assertThat(values(x)).containsOnly(3);
        assertThatThrownBy(() -> backend.run(o -> o.kernels().elementwise().dropout(o.queue(), x, DROPOUT, rows, x)))
                .hasMessage("masked elements of a sample is " + (1L << 36) + ", must be from 0 to " + (1L << 34));
    }

    /** Rows on both sides of 2^31, 2^32 and 2^33 elements, and the last of 2^34. */
    @Test
    void countersReachTheLastElement() {
        long s = (1L << 34) / 72;
        for (long first : new long[] {(1L << 31) / 72 - 1, (1L << 32) / 72 - 1, (1L << 33) / 72 - 1, s - 2}) {
            Tensor mask = backend.round(constant(1, 2, H));
            SampleRows rows = new SampleRows(longs(-3), s, first);
            backend.run(o -> o.kernels().elementwise().dropout(o.queue(), mask, DROPOUT, rows, mask));
            double[] factors = values(mask);
            int[] words = new int[Philox.WORDS];
            for (int i = 0; i < factors.length; i++) {
                long element = (first + i / H) * 72 + i % H;
                Philox.block(DROPOUT.seed(), element / 4 | (long) DROPOUT.site() << 32, -3, words);
                boolean kept = Integer.toUnsignedLong(words[(int) (element % 4)]) >= DROPOUT.threshold();
                assertThat(factors[i]).as("row %d, element %d", first, i).isEqualTo(kept ? factor(DROPOUT.scale()) : 0);
            }
        }
    }

    @Test
    void wrongOperandsAreNamed() {
        for (double p : new double[] {-0.1, 1, Double.NaN}) {
            assertThatThrownBy(() -> new Dropout(p, 0, 0))
                    .hasMessage("the dropout probability is " + p + ", must be at least 0 and below 1");
        }
        assertThatThrownBy(() -> DropoutSite.EMBEDDING.of(-1)).hasMessageStartingWith("layer is -1, must be from 0");
        assertThatThrownBy(() -> mask(DROPOUT, S, 2 * S + 1)).hasMessage("rows of x is 27, must be from 0 to 26");
        SampleRows rows = SampleRows.all(SAMPLES, S);
        assertThatThrownBy(() -> backend.run(
                        o -> o.kernels().elementwise().dropout(o.queue(), zeros(2, 3), DROPOUT, rows, zeros(3, 2))))
                .hasMessage("y has shape [3, 2], expected [2, 3], that of x");
    }

    /** What a one that is kept becomes: the scale, rounded. */
    private double factor(float scale) {
        return values(backend.round(Tensors.floats(scale)))[0];
    }

    /** What ones become in some rows of three samples of {@link #S} positions. */
    private Tensor mask(Dropout dropout, long first, long count) {
        Tensor ones = backend.round(constant(1, count, H));
        SampleRows rows = new SampleRows(SAMPLES, S, first);
        backend.run(o -> o.kernels().elementwise().dropout(o.queue(), ones, dropout, rows, ones));
        return ones;
    }
}
