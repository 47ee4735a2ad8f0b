package io.sparktron.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepMetricsTest {
    /** Doubles whose shortest decimal form is easily got wrong, and those that JSON has no number for. */
    @ParameterizedTest
    @ValueSource(
            doubles = {
                0.1 + 0.2,
                2e-3,
                2.2250738585072014E-308,
                Double.MIN_VALUE,
                Double.MAX_VALUE,
                -0.0,
                9007199254740993.0,
                5e-324,
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY
            })
    void numbersReadBackToTheSameBits(double value) {
        StepMetrics metrics = new StepMetrics(
                7, value, value, value, value, 51, 21, value, value, value, value, value, value, null, null);

        assertThat(StepMetrics.parse(metrics.toJson())).isEqualTo(metrics);
    }

    @Test
    void aLineIsWhatOtherToolsExpect() {
        StepMetrics metrics = new StepMetrics(
                7, Double.NaN, 1e-3, Double.POSITIVE_INFINITY, 1, 51, 21, 0.5, 0.125, 102, 1.5, null, 2.25, null, null);

        assertThat(metrics.toJson())
                .isEqualTo("{\"step\":7,\"loss\":NaN,\"lr\":0.001,\"grad_norm\":Infinity,\"loss_scale\":1.0,"
                        + "\"tokens\":51,\"consumed\":21,\"step_seconds\":0.5,\"exposed_communication_seconds\":0.125,\"tokens_per_second\":102.0,"
                        + "\"tflops\":1.5,\"validation_loss\":2.25}");
    }

    /** As lines of earlier runs have it. */
    @Test
    void readsNotANumberInQuotesToo() {
        String line =
                new StepMetrics(7, Double.NaN, 1, 1.0, 1, 51, 21, 1, null, 1, null, null, null, null, null).toJson();
        String quoted = line.replace("NaN", "\"NaN\"");

        assertThat(quoted).isNotEqualTo(line);
        assertThat(StepMetrics.parse(quoted)).isEqualTo(StepMetrics.parse(line));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "7", "null", "[]", "{}", "{\"step\":1}", "{\"step\":null}"})
    void refusesAnotherLine(String line) {
        assertThatThrownBy(() -> StepMetrics.parse(line)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesTwoLinesInOne() {
        String line = new StepMetrics(7, 1, 1, 1.0, 1, 51, 21, 1, null, 1, null, null, null, null, null).toJson();

        assertThatThrownBy(() -> StepMetrics.parse(line + line)).isInstanceOf(IllegalArgumentException.class);
    }
}
