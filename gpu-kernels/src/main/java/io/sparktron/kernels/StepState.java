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
    /** Factor of every loss gradient: loss scale / targets of the global batch; written by the host. */
    public static final int LOSS_GRADIENT = 1;
    /** Loss scale; 1 except in fp16. */
    public static final int LOSS_SCALE = 2;
    /** Sum of this step's losses over targets, not yet divided by their count. */
    public static final int LOSS_SUM = 3;
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

    public static final int SLOTS = 16;

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
