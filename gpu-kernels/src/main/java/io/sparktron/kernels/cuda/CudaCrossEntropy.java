package io.sparktron.kernels.cuda;

import io.sparktron.kernels.CrossEntropy;
import io.sparktron.kernels.Operands;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** The kernels of {@code cross_entropy.cu}. Logits and their gradient are of one type; maxima, sums and losses are FLOAT32. */
final class CudaCrossEntropy implements CrossEntropy {
    private static final String FILE = "cross_entropy.cu";

    private static final int COUNTERS = 1024;

    private final CudaDevice device;
    private final DType type; // of the kernels that take no logits, so that the file need not be compiled for another
    private final TypedFunction maximum;
    private final TypedFunction sums;
    private final TypedFunction losses;
    private final TypedFunction correct;
    private final TypedFunction gradient;

    /**
     * @param type of most logits
     */
    CudaCrossEntropy(CudaDevice device, DType type) {
        this.device = device;
        this.type = type;
        this.maximum = kernel("maximum");
        this.sums = kernel("sums");
        this.losses = kernel("losses");
        this.correct = kernel("correct");
        this.gradient = kernel("gradient");
    }

    private TypedFunction kernel(String name) {
        return new TypedFunction(device.functions(), FILE, name);
    }

    @Override
    public void maximum(Queue queue, Tensor logits, long columns, Tensor max) {
        Operands.crossEntropy(logits, columns, max);
        max.expect("max", DType.FLOAT32);
        rows(maximum, queue, logits)
                .pass(logits)
                .pass(logits.extent(1))
                .pass(columns)
                .pass(Vectors.wide(logits.extent(1), logits))
                .pass(max)
                .go();
    }

    @Override
    public void sums(Queue queue, Tensor logits, long columns, Tensor max, Tensor targets, long first, Tensor sums) {
        Operands.crossEntropy(logits, columns, max, targets, sums);
        max.expect("max", DType.FLOAT32);
        sums.expect("sums", DType.FLOAT32);
        rows(this.sums, queue, logits)
                .pass(logits)
                .pass(logits.extent(1))
                .pass(columns)
                .pass(Vectors.wide(logits.extent(1), logits))
                .pass(max)
                .pass(targets)
                .pass(first)
                .pass(sums)
                .go();
    }

    @Override
    public void losses(Queue queue, Tensor sums, Tensor targets, Tensor losses) {
        Operands.losses(sums, targets, losses);
        sums.expect("sums", DType.FLOAT32);
        losses.expect("losses", DType.FLOAT32);
        Vectors.flat(this.losses.of(type), device, queue, losses.elements(), 1)
                .pass(sums)
                .pass(targets)
                .pass(losses)
                .pass(losses.elements())
                .go();
    }

    @Override
    public void correct(Queue queue, Tensor sums, Tensor targets, Tensor total) {
        Operands.correct(sums, targets, total);
        sums.expect("sums", DType.FLOAT32);
        correct.of(type)
                .launch(queue)
                .threads(COUNTERS)
                .pass(sums)
                .pass(targets)
                .pass(targets.elements())
                .pass(total)
                .go();
    }

    @Override
    public void gradient(
            Queue queue,
            Tensor logits,
            long columns,
            Tensor max,
            Tensor sums,
            Tensor targets,
            long first,
            Tensor scale,
            Tensor dLogits) {
        Operands.crossEntropy(logits, columns, max, targets, sums);
        Operands.gradient(logits, scale, dLogits);
        max.expect("max", DType.FLOAT32);
        sums.expect("sums", DType.FLOAT32);
        dLogits.expect("dLogits", logits.type());
        rows(gradient, queue, logits)
                .pass(logits)
                .pass(logits.extent(1))
                .pass(columns)
                .pass(Vectors.wide(logits.extent(1), logits, dLogits))
                .pass(max)
                .pass(sums)
                .pass(targets)
                .pass(first)
                .pass(scale)
                .pass(dLogits)
                .go();
    }

    private static CudaLaunch rows(TypedFunction function, Queue queue, Tensor logits) {
        return Vectors.blockPerRow(
                function.of(logits.type()), queue, logits.type(), logits.extent(0), logits.extent(1));
    }
}
