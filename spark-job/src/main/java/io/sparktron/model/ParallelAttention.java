package io.sparktron.model;

import static io.sparktron.model.GptParameters.DENSE;
import static io.sparktron.model.GptParameters.INPUT_NORM;
import static io.sparktron.model.GptParameters.QUERY_KEY_VALUE;

import io.sparktron.kernels.Dropout;
import io.sparktron.parallel.ColumnParallelLinear;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.parallel.RowParallelLinear;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/**
 * {@code y = x + Dense(Attention(QueryKeyValue(LayerNorm(x))))} with the heads split over the tensor group: the fused query-key-value product by columns, a head
 * whole on one rank, the output projection by rows (paper, section 3 and Fig. 3b).
 */
final class ParallelAttention {
    private final Execution on;
    private final LayerNorm norm;
    private final ColumnParallelLinear queryKeyValue;
    private final RowParallelLinear dense;
    private final long heads; // a
    private final long firstHead; // of all
    private final long allHeads;
    private final long size; // d

    /**
     * @param qkv [n, 3 a d]
     * @param probabilities what the attention kernel keeps
     * @param heads [n, a d], the heads' results
     * @param y [n, h]
     */
    record Saved(LayerNorm.Saved norm, Tensor qkv, Tensor probabilities, Tensor heads, Tensor y) {}

    ParallelAttention(Execution on, ModelConfig config, ParameterStorage parameters, int layer) {
        this.on = on;
        this.heads = config.heads() / on.mesh().layout().tensor();
        this.firstHead = on.mesh().tensorRank() * heads;
        this.allHeads = config.heads();
        this.size = config.headSize();
        this.norm = new LayerNorm(on, parameters, GptParameters.layer(layer, INPUT_NORM));
        String fused = GptParameters.layer(layer, QUERY_KEY_VALUE);
        String output = GptParameters.layer(layer, DENSE);
        this.queryKeyValue = new ColumnParallelLinear(
                on, parameters.get(fused + ".weight"), 3, parameters.get(fused + ".bias")); // [3 a d, h]
        this.dense = new RowParallelLinear(on, parameters.get(output + ".weight"), parameters.get(output + ".bias"));
    }

    Saved forward(Frame frame, MicroBatch batch, Tensor x) {
        long n = x.extent(0);
        LayerNorm.Saved normed = norm.forward(frame, x);

        Tensor qkv = frame.take(DType.FLOAT32, n, 3 * heads * size);
        queryKeyValue.forward(normed.y(), qkv);
        on.kernels().elementwise().bias(on.queue(), qkv, queryKeyValue.bias(), qkv);

        Tensor probabilities = frame.take(
                DType.FLOAT32,
                on.kernels()
                        .attention()
                        .savedShape(batch.samples(), heads, batch.sequence(), size)
                        .toArray());
        Tensor out = frame.take(DType.FLOAT32, n, heads * size);
        long mark = frame.mark();
        Tensor scratch = frame.take(
                DType.FLOAT32,
                on.kernels()
                        .attention()
                        .forwardScratchShape(Dropout.NONE, batch.samples(), heads, batch.sequence(), size)
                        .toArray());
        on.kernels()
                .attention()
                .forward(
                        on.queue(),
                        true,
                        fused(batch, qkv),
                        batch.lengths(),
                        Dropout.NONE,
                        batch.positions(),
                        firstHead,
                        allHeads,
                        probabilities,
                        scratch,
                        split(batch, out));
        frame.release(mark);

        Tensor y = frame.take(DType.FLOAT32, n, x.extent(1));
        dense.forward(out, y);
        on.kernels().elementwise().biasDropoutResidual(on.queue(), y, dense.bias(), x, Dropout.NONE, batch.rows(), y);
        return new Saved(normed, qkv, probabilities, out, y);
    }

    /** From the gradient of y to the gradient of x, both {@code gradient} [n, h]: the residual's part is in it already. */
    void backward(Frame frame, MicroBatch batch, Saved saved, Tensor gradient) {
        long mark = frame.mark();
        long n = gradient.extent(0);
        Tensor dOut = frame.take(DType.FLOAT32, n, heads * size);
        dense.backward(gradient, saved.heads(), dOut);

        Tensor dQkv = frame.take(DType.FLOAT32, n, 3 * heads * size);
        Tensor scratch = frame.take(
                DType.FLOAT32,
                on.kernels()
                        .attention()
                        .backwardScratchShape(Dropout.NONE, batch.samples(), heads, batch.sequence(), size)
                        .toArray());
        on.kernels()
                .attention()
                .backward(
                        on.queue(),
                        true,
                        split(batch, dOut),
                        fused(batch, saved.qkv()),
                        batch.lengths(),
                        Dropout.NONE,
                        batch.positions(),
                        firstHead,
                        allHeads,
                        saved.probabilities(),
                        split(batch, saved.heads()),
                        scratch,
                        fused(batch, dQkv));

        Tensor dNormed = frame.take(DType.FLOAT32, n, gradient.extent(1));
        queryKeyValue.backward(dQkv, saved.norm().y(), dNormed);
        norm.backward(dNormed, saved.norm(), gradient);
        frame.release(mark);
    }

    /** [n, 3 a d] as [b, s, 3, a, d]. */
    private Tensor fused(MicroBatch batch, Tensor qkv) {
        return qkv.view(batch.samples(), batch.sequence(), 3, heads, size);
    }

    /** [n, a d] as [b, s, a, d]. */
    private Tensor split(MicroBatch batch, Tensor out) {
        return out.view(batch.samples(), batch.sequence(), heads, size);
    }
}
