package io.sparktron.kernels.cuda;

import io.sparktron.kernels.Normalization;
import io.sparktron.kernels.Operands;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Tensor;

/** The kernels of {@code normalization.cu}. Mean, inverse and the gradients of weight and bias are FLOAT32, everything else of one type. */
final class CudaNormalization implements Normalization {
    private static final String FILE = "normalization.cu";

    private final CudaWorkspace workspace;
    private final TypedFunction normalize;
    private final TypedFunction inputGradient;
    private final TypedFunction weightSums;
    private final TypedFunction addWeightSums;

    CudaNormalization(CudaDevice device) {
        this(device, device.workspace());
    }

    CudaNormalization(CudaDevice device, CudaWorkspace workspace) {
        this.workspace = workspace;
        this.normalize = new TypedFunction(device.functions(), FILE, "normalize");
        this.inputGradient = new TypedFunction(device.functions(), FILE, "inputGradient");
        this.weightSums = new TypedFunction(device.functions(), FILE, "weightSums");
        this.addWeightSums = new TypedFunction(device.functions(), FILE, "addWeightSums");
    }

    @Override
    public void forward(
            Queue queue, Tensor x, Tensor weight, Tensor bias, float epsilon, Tensor y, Tensor mean, Tensor inverse) {
        Operands.normalization(x, weight, mean, inverse);
        Operands.rowsAndBias(x, bias);
        Operands.sameShape("y", y, "x", x);
        weight.expect("weight", x.type());
        bias.expect("bias", x.type());
        y.expect("y", x.type());
        requireStatistics(mean, inverse);
        long columns = x.extent(1); // h
        Vectors.blockPerRow(normalize.of(x.type()), queue, x.type(), x.extent(0), columns)
                .pass(x)
                .pass(weight)
                .pass(bias)
                .pass(epsilon)
                .pass(y)
                .pass(mean)
                .pass(inverse)
                .pass(columns)
                .pass(Vectors.wide(columns, x, weight, bias, y))
                .go();
    }

    @Override
    public void backward(
            Queue queue,
            Tensor dy,
            Tensor x,
            Tensor weight,
            Tensor mean,
            Tensor inverse,
            Tensor dx,
            Tensor dWeight,
            Tensor dBias) {
        Operands.normalization(x, weight, mean, inverse);
        Operands.sameShape("dy", dy, "x", x);
        Operands.sameShape("dx", dx, "x", x);
        Operands.sameShape("dWeight", dWeight, "weight", weight);
        Operands.sameShape("dBias", dBias, "weight", weight);
        dy.expect("dy", x.type());
        weight.expect("weight", x.type());
        dx.expect("dx", x.type());
        dWeight.expect("dWeight", DType.FLOAT32);
        dBias.expect("dBias", DType.FLOAT32);
        requireStatistics(mean, inverse);
        addWeightGradients(queue, dy, x, mean, inverse, dWeight, dBias);
        long columns = x.extent(1); // h
        Vectors.blockPerRow(inputGradient.of(x.type()), queue, x.type(), x.extent(0), columns)
                .pass(dy)
                .pass(x)
                .pass(weight)
                .pass(mean)
                .pass(inverse)
                .pass(dx)
                .pass(columns)
                .pass(Vectors.wide(columns, dy, x, weight, dx))
                .go();
    }

    private void addWeightGradients(
            Queue queue, Tensor dy, Tensor x, Tensor mean, Tensor inverse, Tensor dWeight, Tensor dBias) {
        long rows = x.extent(0); // n
        long columns = x.extent(1); // h
        RowChunks chunks = RowChunks.of(rows);
        long strip = chunks.strip(workspace, 2);
        for (long first = 0; first < columns && rows > 0; first += strip) {
            long width = Math.min(strip, columns - first);
            Tensor weights = workspace.on(queue, DType.FLOAT32); // [chunks, width]
            Tensor biases = Vectors.from(weights, chunks.count() * width); // [chunks, width]
            Tensor dyFrom = Vectors.from(dy, first);
            Tensor xFrom = Vectors.from(x, first);
            weightSums
                    .of(x.type())
                    .launch(queue)
                    .grid(RowChunks.blocks(width, x.type()), chunks.count())
                    .threads(Vectors.WARP, RowChunks.rowLanes())
                    .pass(dyFrom)
                    .pass(xFrom)
                    .pass(mean)
                    .pass(inverse)
                    .pass(rows)
                    .pass(columns)
                    .pass(width)
                    .pass(chunks.length())
                    .pass(Vectors.wide(columns, dyFrom, xFrom))
                    .pass(weights)
                    .pass(biases)
                    .go();
            addWeightSums
                    .of(x.type())
                    .launch(queue)
                    .grid(Vectors.divide(width, Vectors.WARP), 2)
                    .threads(Vectors.WARP, RowChunks.rowLanes())
                    .pass(weights)
                    .pass(biases)
                    .pass(chunks.count())
                    .pass(width)
                    .pass(Vectors.from(dWeight, first))
                    .pass(Vectors.from(dBias, first))
                    .go();
        }
    }

    private static void requireStatistics(Tensor mean, Tensor inverse) {
        mean.expect("mean", DType.FLOAT32);
        inverse.expect("inverse", DType.FLOAT32);
    }
}
