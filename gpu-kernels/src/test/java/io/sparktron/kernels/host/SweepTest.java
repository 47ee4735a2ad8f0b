package io.sparktron.kernels.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.sparktron.kernels.Tensors;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/** The functions of our own over float32 from end to end: by lane as alone, and near the truth. */
class SweepTest {
    /** A prime step through all bit patterns: every exponent, both signs, infinities' neighbours, NaNs of many payloads. */
    private static final int STEP = 1_499;

    private static final int BATCH = 1 << 14;

    /** Numbers a step through bit patterns may miss. */
    private static final float[] CORNERS = {
        0f,
        -0f,
        Float.MIN_VALUE,
        -Float.MIN_VALUE,
        Float.MIN_NORMAL,
        -Float.MIN_NORMAL,
        1f,
        -1f,
        Float.MAX_VALUE,
        -Float.MAX_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN,
        Exponential.LARGEST,
        Math.nextUp(Exponential.LARGEST),
        Exponential.SMALLEST,
        Math.nextDown(Exponential.SMALLEST),
        Tanh.LIMIT,
        Math.nextDown(Tanh.LIMIT),
        -Tanh.LIMIT
    };

    @FunctionalInterface
    private interface Alone {
        float apply(float x);
    }

    @Test
    void exponentialHasEqualBitsByLaneAndAlone() {
        sweep(Exponential::exp, Exponential::exp);
    }

    @Test
    void geluHasEqualBitsByLaneAndAlone() {
        sweep(Gelu::value, Gelu::value);
        sweep(Gelu::derivative, Gelu::derivative);
    }

    @Test
    void tanhHasEqualBitsByLaneAndAlone() {
        sweep(Tanh::value, Tanh::value);
        sweep(Tanh::derivative, Tanh::derivative);
    }

    @Test
    void tanhIsWithinItsStatedError() {
        double worst = 0;
        for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += STEP) {
            float x = Float.intBitsToFloat((int) bits);
            if (Math.abs(x) >= Float.MIN_NORMAL) {
                double truth = StrictMath.tanh(x);
                worst = Math.max(worst, Math.abs(Tanh.value(x) - truth) / Math.ulp((float) truth));
            }
        }
        assertThat(worst).isLessThan(2.5);
    }

    @Test
    void exponentialIsWithinItsStatedError() {
        double worst = 0;
        for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += STEP) {
            float x = Float.intBitsToFloat((int) bits);
            if (x >= Exponential.SMALLEST && x <= Exponential.LARGEST) {
                double truth = StrictMath.exp(x);
                worst = Math.max(worst, Math.abs(Exponential.exp(x) - truth) / Math.ulp((float) truth));
            }
        }
        assertThat(worst).isLessThan(1.1);
    }

    @Test
    void exponentialAtItsEnds() {
        assertThat(Exponential.exp(Exponential.LARGEST)).isFinite();
        assertThat(StrictMath.exp(Math.nextUp(Exponential.LARGEST))).isGreaterThan(Float.MAX_VALUE);
        assertThat(Exponential.exp(Math.nextUp(Exponential.LARGEST))).isInfinite();
        assertThat(Exponential.exp(Exponential.SMALLEST)).isGreaterThanOrEqualTo(Float.MIN_NORMAL);
        assertThat(StrictMath.exp(Math.nextDown(Exponential.SMALLEST))).isLessThan(Float.MIN_NORMAL);
        assertThat(Exponential.exp(Math.nextDown(Exponential.SMALLEST))).isZero();
        assertThat(Exponential.exp(Float.NEGATIVE_INFINITY)).isZero();
        assertThat(Exponential.exp(Float.NaN)).isNaN();
        assertThat(Exponential.exp(0f)).isEqualTo(1);
        assertThat(Exponential.exp(Float.MIN_VALUE)).isEqualTo(1);
    }

    private static void sweep(UnaryOperator<FloatVector> lanes, Alone alone) {
        Floats values = Floats.of("values", Tensors.zeros(BATCH));
        int width = VectorAccess.SPECIES.length();
        long bits = Integer.MIN_VALUE;
        while (bits <= Integer.MAX_VALUE) {
            for (int i = 0; i < BATCH; i++, bits += STEP) {
                values.set(i, i < CORNERS.length ? CORNERS[i] : Float.intBitsToFloat((int) bits));
            }
            for (int i = 0; i < BATCH; i += width) {
                FloatVector x = values.load(i);
                float[] inputs = x.toArray();
                float[] outputs = lanes.apply(x).toArray();
                for (int lane = 0; lane < width; lane++) {
                    float expected = alone.apply(inputs[lane]);
                    if (Float.floatToIntBits(outputs[lane]) != Float.floatToIntBits(expected)) {
                        fail("of %s: %s by lane, %s alone", inputs[lane], outputs[lane], expected);
                    }
                }
            }
        }
    }
}
