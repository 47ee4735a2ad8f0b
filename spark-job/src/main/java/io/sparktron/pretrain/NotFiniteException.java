package io.sparktron.pretrain;

import io.sparktron.train.TrainStep;
import io.sparktron.train.TrainingConfig;

/** The gradient of a step is not finite; the step changed nothing, and trying again would not help. */
public final class NotFiniteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotFiniteException(long step, TrainStep.Outcome outcome, TrainingConfig training) {
        super("the gradient norm of step " + step + " is " + outcome.norm() + " (loss " + outcome.loss() + ")"
                + (training.lossScaling().active()
                        ? " at the least loss scale, train.loss-scale.minimum = "
                                + training.lossScaling().minimum()
                        : "")
                + "; no weight was changed by it. A lower train.lr.peak, a longer train.lr.warmup-steps or a smaller train.clip usually helps;"
                + " start again from the newest checkpoint");
    }
}
