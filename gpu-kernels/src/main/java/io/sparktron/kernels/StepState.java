package io.sparktron.kernels;

import io.sparktron.tensor.DType;
import io.sparktron.tensor.Tensor;

/**
 * What changes from step to step, in one small FLOAT64 tensor on the device: kernels read it there and never take it as an
 * argument, so the sequence of calls of a step is the same at every step.
 */
public final class StepState {
    /** Learning rate of this step; written by the host. */
    public static final int LEARNING_RATE = 0;
    /** Factor of the gradient of every target's loss: LOSS_SCALE / TARGETS, see {@link Optimization#lossGradients}. */
    public static final int LOSS_GRADIENT = 1;
    /** Loss scale; 1 except in fp16. {@link Optimization#decide} leaves that of the next step here. */
    public static final int LOSS_SCALE = 2;
    /** Factor of the gradient of every sample's order loss: LOSS_SCALE / ORDER_SAMPLES. */
    public static final int ORDER_LOSS_GRADIENT = 3;
    /** Squared norm of the scaled gradient, over all logical parameters. */
    public static final int SQUARED_NORM = 4;
    /** Norm of the gradient before clipping, loss scale removed. */
    public static final int NORM = 5;
    /** What a gradient element is multiplied with before Adam: clip factor / loss scale. */
    public static final int CLIP = 6;
    /** 1 if this step's update is skipped because its norm is not finite, else 0. */
    public static final int SKIPPED = 7;
    /** Updates that were not skipped: Adam's t. */
    public static final int UPDATES = 8;
    /** beta1^t, by repeated multiplication from 1. */
    public static final int BETA1_POWER = 9;
    /** beta2^t, by repeated multiplication from 1. */
    public static final int BETA2_POWER = 10;

    /** Targets of the global batch; written by the host. */
    public static final int TARGETS = 11;
    /** Samples of the global batch that have a sentence order to tell (BERT), else 0; written by the host. */
    public static final int ORDER_SAMPLES = 12;
    /** Sum of this step's losses over targets, not yet divided by their count; it and the three that follow are added up over ranks together. */
    public static final int LOSS_SUM = 13;
    /** Sum of this step's order losses over samples, not yet divided by their count. */
    public static final int ORDER_LOSS_SUM = 14;
    /** Targets that had the largest logit of their row. */
    public static final int CORRECT = 15;
    /** Samples whose order was told rightly. */
    public static final int ORDER_CORRECT = 16;
    /** Steps since the last change of the loss scale, or overflow, in which the gradient was finite. */
    public static final int CLEAN_STEPS = 17;
    /** Overflows that are still let pass at this loss scale: {@link LossScaling#hysteresis} at first; the one that leaves 0, and every further one, halves it. */
    public static final int HYSTERESIS_LEFT = 18;
    /** Steps so far that were skipped because the scaled gradient overflowed. */
    public static final int OVERFLOWED = 19;
    /** 1 if this step's norm is not finite and no smaller loss scale can help, so that the run has to stop; else 0. */
    public static final int FATAL = 20;

    public static final int SLOTS = 32;

    private final Tensor tensor;

    /**
     * @param tensor FLOAT64 [{@link #SLOTS}]
     */
    public StepState(Tensor tensor) {
        this.tensor = tensor.expect("step state", SLOTS).expect("step state", DType.FLOAT64);
    }

    /** All slots, FLOAT64 [{@link #SLOTS}]. */
    public Tensor tensor() {
        return tensor;
    }

    /** One slot, FLOAT64 [1]. */
    public Tensor slot(int slot) {
        return tensor.rows(slot, 1);
    }
}
