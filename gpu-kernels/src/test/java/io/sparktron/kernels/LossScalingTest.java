package io.sparktron.kernels;

import static io.sparktron.kernels.Tensors.zeros;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sparktron.kernels.host.Elements;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The loss scale from step to step, by tables and against a simulation. */
@ParameterizedClass
@MethodSource("io.sparktron.kernels.Backends#all")
record LossScalingTest(Backends backend) {
    private static final LossScaling SCALING = new LossScaling(8, 3, 2, 2);

    /** C is a clean step, X an overflow; behind each, the scale of the next step. */
    @Test
    void byTables() {
        assertScales("C8 C8 C16 C16 C16 C32", SCALING);
        assertScales("C8 C8 X8 C8 C8 C16", SCALING); // an overflow begins the count anew
        assertScales("X8 X4 X2", SCALING); // the second is the last that is let pass
        assertScales("X8 C8 C8 C16 X16 X8", SCALING); // growth restores what is let pass
        assertScales("X8 X4 C4 C4 X2 X2", SCALING); // and nothing else does
        assertScales("X4 X2 X1 X1", new LossScaling(8, 3, 1, 1));
        assertScales("C16 C32", new LossScaling(8, 1, 1, 1));
        assertScales("X6 X4 X4", new LossScaling(12, 9, 1, 4)); // never below the minimum
        assertScales("C8 C8 C8 C8 X8 X8", new LossScaling(8, 0, 1, 1)); // a scale that stays
    }

    private void assertScales(String table, LossScaling scaling) {
        Tensor state = state(scaling);
        for (String entry : table.split(" ")) {
            step(state, entry.charAt(0) == 'C', scaling);
            assertThat(Elements.get(state, StepState.LOSS_SCALE))
                    .as("%s at %s of %s", scaling, entry, table)
                    .isEqualTo(Integer.parseInt(entry.substring(1)));
        }
    }

    @Test
    void anOverflowAtTheMinimumIsFatalAndNoOther() {
        LossScaling scaling = new LossScaling(4, 3, 2, 2);
        Tensor state = state(scaling);
        int[] fatal = new int[4];
        for (int i = 0; i < 4; i++) {
            step(state, false, scaling);
            fatal[i] = (int) Elements.get(state, StepState.FATAL);
            assertThat(Elements.get(state, StepState.SKIPPED)).isEqualTo(1);
        }
        assertThat(fatal).containsExactly(0, 0, 1, 1); // at 4, at 4, at 2, at 2
        assertThat(Elements.get(state, StepState.LOSS_SCALE)).isEqualTo(2);
        step(state, true, scaling);
        assertThat(Elements.get(state, StepState.FATAL)).isZero();
        assertThat(Elements.get(state, StepState.SKIPPED)).isZero();
        assertThat(Elements.get(state, StepState.OVERFLOWED)).isEqualTo(4);
    }

    /** A skipped step leaves Adam's state where it was, and the clip factor of a clean one takes out the scale the step was made with. */
    @Test
    void theScaleOfAStepIsTakenOutOfItsOwnGradient() {
        LossScaling scaling = new LossScaling(8, 1, 1, 1);
        Tensor state = state(scaling);
        step(state, true, scaling);
        assertThat(Elements.get(state, StepState.CLIP)).isEqualTo(1.0 / 8);
        assertThat(Elements.get(state, StepState.NORM)).isEqualTo(3.0 / 8);
        step(state, false, scaling);
        assertThat(Elements.get(state, StepState.CLIP)).isEqualTo(1.0 / 8);
        assertThat(Elements.get(state, StepState.UPDATES)).isEqualTo(1);
        assertThat(Elements.get(state, StepState.BETA1_POWER)).isEqualTo(0.9);
        step(state, true, scaling);
        assertThat(Elements.get(state, StepState.CLIP)).isEqualTo(1.0 / 8); // 16, halved
    }

    @Test
    void longSequencesAgreeWithASimulation() {
        for (int seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            LossScaling scaling = new LossScaling(
                    Math.scalb(1.0, random.nextInt(4, 30)), random.nextInt(1, 6), random.nextInt(1, 5), 4);
            Tensor state = state(scaling);
            double scale = scaling.initial();
            int clean = 0;
            int left = scaling.hysteresis();
            int overflows = 0;
            for (int step = 0; step < 100; step++) {
                boolean finite = random.nextInt(4) != 0;
                boolean fatal = !finite && scale == 4;
                step(state, finite, scaling);
                if (finite && ++clean == scaling.window()) {
                    scale *= 2;
                    clean = 0;
                    left = scaling.hysteresis();
                } else if (!finite) {
                    overflows++;
                    clean = 0;
                    left--;
                    scale = left <= 0 && scale > 4 ? scale / 2 : scale;
                }
                assertThat(Elements.get(state, StepState.LOSS_SCALE)).isEqualTo(scale);
                assertThat(Elements.get(state, StepState.CLEAN_STEPS)).isEqualTo(clean);
                assertThat(Elements.get(state, StepState.HYSTERESIS_LEFT)).isEqualTo(Math.max(left, 0));
                assertThat(Elements.get(state, StepState.OVERFLOWED)).isEqualTo(overflows);
                assertThat(Elements.get(state, StepState.UPDATES)).isEqualTo(step + 1 - overflows);
                assertThat(Elements.get(state, StepState.FATAL)).isEqualTo(fatal ? 1 : 0);
            }
        }
    }

    @Test
    void theOracleDecidesAlike() {
        SplittableRandom random = new SplittableRandom(1);
        Tensor expected = state(SCALING);
        Tensor actual = state(SCALING);
        for (int step = 0; step < 200; step++) {
            double norm = random.nextInt(3) == 0 ? Double.NaN : random.nextDouble();
            Elements.set(expected, StepState.SQUARED_NORM, norm);
            Elements.set(actual, StepState.SQUARED_NORM, norm);
            Backends.ORACLE.run(o -> on(o).decide(o.queue(), expected, 1, 0.9, 0.95, SCALING));
            backend.run(o -> on(o).decide(o.queue(), actual, 1, 0.9, 0.95, SCALING));
            Bounds.assertSame("state", actual, expected);
        }
    }

    @Test
    void lossGradientsAreTheScaleOverTheCounts() {
        for (double[] counts : new double[][] {{3, 7}, {3, 0}, {0, 7}, {0, 0}, {16384, 12}}) {
            for (Backends o : new Backends[] {backend, Backends.ORACLE}) {
                Tensor state = state(LossScaling.DYNAMIC);
                Elements.set(state, StepState.TARGETS, counts[0]);
                Elements.set(state, StepState.ORDER_SAMPLES, counts[1]);
                Elements.set(state, StepState.LOSS_GRADIENT, 5);
                Elements.set(state, StepState.ORDER_LOSS_GRADIENT, 5);
                o.run(b -> on(b).lossGradients(b.queue(), state));
                double scale = 0x1p32;
                assertThat(Elements.get(state, StepState.LOSS_GRADIENT))
                        .isEqualTo(counts[0] == 0 ? 0 : scale / counts[0]);
                assertThat(Elements.get(state, StepState.ORDER_LOSS_GRADIENT))
                        .isEqualTo(counts[1] == 0 ? 0 : scale / counts[1]);
            }
        }
    }

    @Test
    void wrongSettingsAreNamed() {
        assertThatThrownBy(() -> new LossScaling(1, -1, 1, 1)).hasMessageStartingWith("loss scaling window is -1");
        assertThatThrownBy(() -> new LossScaling(1, 1, 0, 1)).hasMessageStartingWith("loss scaling hysteresis is 0");
        for (double[] wrong : new double[][] {{1, 2}, {0, 0}, {Double.POSITIVE_INFINITY, 1}, {Double.NaN, 1}}) {
            assertThatThrownBy(() -> new LossScaling(wrong[0], 1, 1, wrong[1]))
                    .hasMessage("loss scaling starts at " + wrong[0] + " and never falls below " + wrong[1]
                            + "; both must be above 0, finite, and the first not below the second");
        }
    }

    private void step(Tensor state, boolean finite, LossScaling scaling) {
        Elements.set(state, StepState.SQUARED_NORM, finite ? 9 : Double.POSITIVE_INFINITY);
        backend.run(o -> on(o).decide(o.queue(), state, 0, 0.9, 0.95, scaling));
    }

    private static Optimization on(Backends backend) {
        return backend.kernels().optimization();
    }

    /** Before the first step. */
    private static Tensor state(LossScaling scaling) {
        Tensor state = zeros(DType.FLOAT64, StepState.SLOTS);
        Elements.set(state, StepState.LOSS_SCALE, scaling.initial());
        Elements.set(state, StepState.HYSTERESIS_LEFT, scaling.hysteresis());
        Elements.set(state, StepState.BETA1_POWER, 1);
        Elements.set(state, StepState.BETA2_POWER, 1);
        return state;
    }
}
