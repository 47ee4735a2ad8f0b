package io.sparktron.command;

import io.sparktron.kernels.LossScaling;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.train.Precision;
import java.util.List;

/** The loss scale of fp16, which nothing else has. */
final class LossScaleSettings {
    private LossScaleSettings() {}

    static LossScaling of(Settings settings) {
        Precision precision = settings.get(TrainKeys.PRECISION);
        if (precision != Precision.FP16) {
            for (Key<?> key : List.of(
                    TrainKeys.LOSS_SCALE_INITIAL,
                    TrainKeys.LOSS_SCALE_WINDOW,
                    TrainKeys.LOSS_SCALE_HYSTERESIS,
                    TrainKeys.LOSS_SCALE_MINIMUM)) {
                if (settings.has(key)) {
                    throw new InvalidInputException(key.name() + " = " + settings.get(key)
                            + ", but train.precision = " + precision
                            + " scales no loss; legal: without it, or with train.precision = fp16");
                }
            }
            return LossScaling.NONE;
        }
        double initial = settings.get(TrainKeys.LOSS_SCALE_INITIAL);
        double minimum = settings.get(TrainKeys.LOSS_SCALE_MINIMUM);
        if (initial < minimum) {
            throw new InvalidInputException(TrainKeys.LOSS_SCALE_INITIAL.name() + " = " + initial
                    + ", must be at least " + TrainKeys.LOSS_SCALE_MINIMUM.name() + " = " + minimum);
        }
        return new LossScaling(
                initial,
                settings.get(TrainKeys.LOSS_SCALE_WINDOW),
                settings.get(TrainKeys.LOSS_SCALE_HYSTERESIS),
                minimum);
    }
}
