package io.sparktron.kernels.cuda;

import io.sparktron.kernels.LossScaling;
import io.sparktron.kernels.Operands;
import io.sparktron.kernels.Optimization;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** The update by the kernels of {@code optimization.cu}. */
public final class CudaOptimization implements Optimization {
    private static final String FILE = "optimization.cu";
    private static final int THREADS = 256;
    /** Of the block that adds in order: a warp that adds and 512 threads that fetch. */
    private static final int SUM_THREADS = 544;
    /** Blocks of 256 threads with 64 registers that a multiprocessor holds at once. */
    private static final int BLOCKS_PER_MULTIPROCESSOR = 4;
    /** Elements that a thread takes at a time. */
    private static final int WIDTH = 4;

    private final DType type;
    private final int blocks;
    private final CudaFunction sumOfSquares;
    private final CudaFunction sumFloats;
    private final CudaFunction sumDoubles;
    private final CudaFunction lossGradients;
    private final CudaFunction decide;
    private final CudaFunction adamW;

    /**
     * @param type of the values that the model computes with
     */
    public CudaOptimization(CudaDevice device, DType type) {
        CudaFunctions functions = device.functions();
        this.type = type;
        this.blocks = BLOCKS_PER_MULTIPROCESSOR * device.multiprocessors();
        this.sumOfSquares = functions.get(FILE, type, "sum_of_squares");
        this.sumFloats = functions.get(FILE, type, "sum_floats");
        this.sumDoubles = functions.get(FILE, type, "sum_doubles");
        this.lossGradients = functions.get(FILE, type, "loss_gradients");
        this.decide = functions.get(FILE, type, "decide");
        this.adamW = functions.get(FILE, type, "adam_w");
    }

    @Override
    public void sumOfSquares(Queue queue, Tensor x, Tensor sums) {
        Operands.chunkSums(x, sums);
        x.expect("x", DType.FLOAT32);
        sumOfSquares
                .launch(queue)
                .grid(sums.elements())
                .threads(THREADS)
                .pass(x)
                .pass(x.elements())
                .pass(sums)
                .go();
    }

    @Override
    public void sum(Queue queue, Tensor x, Tensor total) {
        Operands.total(x, total);
        CudaFunction sum = x.type() == DType.FLOAT64 ? sumDoubles : sumFloats;
        if (sum == sumFloats) {
            x.expect("x", DType.FLOAT32);
        }
        sum.launch(queue)
                .threads(SUM_THREADS)
                .pass(x)
                .pass(x.elements())
                .pass(total)
                .go();
    }

    @Override
    public void lossGradients(Queue queue, Tensor state) {
        Operands.state(state);
        lossGradients.launch(queue).pass(state).go();
    }

    @Override
    public void decide(Queue queue, Tensor state, double clip, double beta1, double beta2, LossScaling scaling) {
        Operands.state(state);
        decide.launch(queue)
                .pass(state)
                .pass(clip)
                .pass(beta1)
                .pass(beta2)
                .pass(scaling.window())
                .pass(scaling.hysteresis())
                .pass(scaling.minimum())
                .go();
    }

    @Override
    public void adamW(
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
            Tensor value) {
        Operands.update(state, parameter, gradient, firstMoment, secondMoment, value);
        value.expect("value", type);
        long n = parameter.elements();
        adamW.launch(queue)
                .grid(Math.min((n + THREADS * WIDTH - 1) / (THREADS * WIDTH), blocks))
                .threads(THREADS)
                .pass(state)
                .pass(beta1)
                .pass(beta2)
                .pass(epsilon)
                .pass(weightDecay)
                .pass(parameter)
                .pass(gradient)
                .pass(firstMoment)
                .pass(secondMoment)
                .pass(value)
                .pass(n)
                .go();
    }
}
