package io.sparktron.model;

import static io.sparktron.model.ModelParameters.DENSE;
import static io.sparktron.model.ModelParameters.INPUT_NORM;
import static io.sparktron.model.ModelParameters.QUERY_KEY_VALUE;

import io.sparktron.kernels.DropoutSite;
import io.sparktron.parallel.ColumnParallelLinear;
import io.sparktron.parallel.Execution;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/**
 * {@code y = x + dropout(Dense(Attention(QueryKeyValue(LayerNorm(x)))))}, in the original order of BERT {@code LayerNorm(x) + ...}, with the heads split over the tensor group: the fused query-key-value product by columns, a
 * head whole on one rank, the output projection by rows (paper, section 3 and Fig. 3b).
 */
final class ParallelAttention {
    private final Execution on;
    private final ResidualNorm norm;
    private final ColumnParallelLinear queryKeyValue;
    private final AttentionCore core;
    private final ResidualProjection dense;

    /**
     * @param qkv [n, 3 a d]
     */
    record Saved(LayerNorm.Saved norm, Tensor qkv, AttentionCore.Saved core) {}

    ParallelAttention(Build build, int layer) {
        this.on = build.on();
        this.norm = new ResidualNorm(build, ModelParameters.layer(layer, INPUT_NORM));
        this.queryKeyValue = build.byColumns(ModelParameters.layer(layer, QUERY_KEY_VALUE), 3); // [3 a d, h]
        this.core = new AttentionCore(build, layer);
        this.dense =
                new ResidualProjection(build, ModelParameters.layer(layer, DENSE), DropoutSite.ATTENTION_OUTPUT, layer);
    }

    /**
     * @param x [rows, h]
     * @param y [rows, h]
     */
    Saved forward(Frame frame, MicroBatch batch, Tensor x, Tensor y) {
        LayerNorm.Saved normed = norm.forward(frame, x);
        Tensor qkv = frame.take(x.type(), batch.rowCount(), queryKeyValue.columns());
        queryKeyValue.forward(frame, normed.y(), qkv);
        on.kernels().elementwise().bias(on.queue(), qkv, queryKeyValue.bias(), qkv);
        AttentionCore.Saved attended = core.forward(frame, batch, qkv);
        dense.forward(frame, batch, attended.out(), norm.residual(normed), y);
        return new Saved(normed, qkv, attended);
    }

    /** From the gradient of y to the gradient of x, both {@code gradient} [rows, h]: the residual's part is in it already. */
    void backward(Frame frame, MicroBatch batch, Saved saved, Tensor gradient) {
        long mark = frame.mark();
        Tensor dOut = frame.take(gradient.type(), batch.rowCount(), core.columns());
        dense.backward(frame, batch, gradient, saved.core().out(), dOut);
        Tensor dQkv = frame.take(gradient.type(), batch.rowCount(), queryKeyValue.columns());
        core.backward(frame, batch, dOut, saved.qkv(), saved.core(), dQkv);
        Tensor dNormed = frame.take(gradient.type(), gradient.extent(0), gradient.extent(1));
        queryKeyValue.backward(frame, dQkv, saved.norm().y(), dNormed);
        norm.backward(dNormed, saved.norm(), gradient);
        frame.release(mark);
    }
}
