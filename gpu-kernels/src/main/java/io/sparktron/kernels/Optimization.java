package io.sparktron.kernels;

import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/**
 * The update: gradient norm, clipping and AdamW, all decided on the device from the {@link StepState}, so that a step can be
 * recorded and replayed and a non-finite one is skipped without asking the host.
 */
public interface Optimization {
    /** Elements whose squares are summed into one number; every parameter starts on a chunk and is zero-padded to one. */
    int CHUNK = 4096;

    /**
     * {@code sums[k] = sum of x[i]^2 over chunk k}, each product and sum in double.
     *
     * @param x [k * CHUNK] at most; the last chunk may be short
     * @param sums FLOAT64 [number of chunks]
     */
    void sumOfSquares(Queue queue, Tensor x, Tensor sums);

    /**
     * {@code total += x[0] + x[1] + ...} in this order, in double.
     *
     * @param x [n], FLOAT32 or FLOAT64
     * @param total FLOAT64 [1], +=
     */
    void sum(Queue queue, Tensor x, Tensor total);

    /**
     * {@code LOSS_GRADIENT = LOSS_SCALE / TARGETS} and {@code ORDER_LOSS_GRADIENT = LOSS_SCALE / ORDER_SAMPLES}, each 0 where that count is 0.
     *
     * @param state FLOAT64 [{@link StepState#SLOTS}]
     */
    void lossGradients(Queue queue, Tensor state);

    /**
     * From the squared norm of the scaled gradient to what {@link #adamW} reads: unscaled norm; if it is finite, SKIPPED = 0,
     * CLIP = min(1, clip / (norm + 1e-6)) / loss scale (1 / loss scale if {@code clip} is 0), UPDATES + 1 and both powers of beta advanced; else SKIPPED = 1
     * and none of these changes.
     *
     * <p>Then the loss scale of the next step, by the rule of {@link LossScaling}. FATAL = 1 if the norm is not finite and there is no loss scaling or the scale was
     * at its minimum already, else 0.
     *
     * @param state FLOAT64 [{@link StepState#SLOTS}]
     * @param clip largest norm, or 0 for none
     */
    void decide(Queue queue, Tensor state, double clip, double beta1, double beta2, LossScaling scaling);

    /**
     * AdamW with decoupled decay (Loshchilov and Hutter 2019), as PyTorch computes it, with g = gradient * CLIP:
     * {@code p -= lr * weightDecay * p; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
     * p -= lr * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)}; then {@code value = p}, rounded to nearest even, in the same pass. Does nothing where SKIPPED is 1.
     *
     * @param state FLOAT64 [{@link StepState#SLOTS}]: LEARNING_RATE, CLIP, the powers of beta, SKIPPED
     * @param parameter FLOAT32 [n], updated
     * @param gradient FLOAT32 [n]
     * @param firstMoment FLOAT32 [n], updated
     * @param secondMoment FLOAT32 [n], updated
     * @param value [n], what the model computes with: of a 16-bit type, or the parameter itself
     */
    void adamW(
            Queue queue,
            Tensor state,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            Tensor parameter,
            Tensor gradient,
            Tensor firstMoment,
            Tensor secondMoment,
            Tensor value);
}
