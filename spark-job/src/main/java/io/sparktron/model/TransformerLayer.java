package io.sparktron.model;

import io.sparktron.parallel.Execution;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/** A pre-LN transformer layer: attention, then MLP, each added to its input. Two all-reduces forward, two backward (paper, Fig. 4). */
final class TransformerLayer {
    private final ParallelAttention attention;
    private final ParallelMlp mlp;

    /** What both halves keep for backward. */
    record Saved(ParallelAttention.Saved attention, ParallelMlp.Saved mlp) {
        /** The layer's output, [n, h]. */
        Tensor y() {
            return mlp.y();
        }
    }

    TransformerLayer(Execution on, ModelConfig config, ParameterStorage parameters, int layer) {
        this.attention = new ParallelAttention(on, config, parameters, layer);
        this.mlp = new ParallelMlp(on, config, parameters, layer);
    }

    Saved forward(Frame frame, MicroBatch batch, Tensor x) {
        ParallelAttention.Saved attended = attention.forward(frame, batch, x);
        return new Saved(attended, mlp.forward(frame, batch, attended.y()));
    }

    /** From the gradient of the layer's output to that of its input, both {@code gradient} [n, h]. */
    void backward(Frame frame, MicroBatch batch, Saved saved, Tensor gradient) {
        mlp.backward(frame, saved.mlp(), gradient);
        attention.backward(frame, batch, saved.attention(), gradient);
    }
}
