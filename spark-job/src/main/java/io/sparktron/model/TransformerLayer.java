package io.sparktron.model;

import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.util.Optional;

/**
 * A transformer layer: attention, then MLP, each added to its input. Two all-reduces forward, two backward (paper, Fig. 4); one more where full recomputation runs
 * it again, since the sum that ends the MLP is not repeated: backward never reads it.
 */
final class TransformerLayer {
    private final ParallelAttention attention;
    private final ParallelMlp mlp;
    private final boolean keepsInputOnly;

    /**
     * @param x [rows, h], the layer's input
     * @param halves empty where they shall be computed again
     */
    record Saved(Tensor x, Optional<Halves> halves) {}

    /** What both halves keep for backward. */
    private record Halves(ParallelAttention.Saved attention, ParallelMlp.Saved mlp) {}

    TransformerLayer(Build build, int layer) {
        this.attention = new ParallelAttention(build, layer);
        this.mlp = new ParallelMlp(build, layer);
        this.keepsInputOnly = build.mode().recompute() == Recompute.FULL;
    }

    /**
     * @param x [rows, h]
     * @param y [rows, h]
     */
    Saved forward(Frame frame, MicroBatch batch, Tensor x, Tensor y) {
        long mark = frame.mark();
        Tensor between = frame.take(x.type(), x.extent(0), x.extent(1));
        ParallelAttention.Saved attended = attention.forward(frame, batch, x, between);
        Halves halves = new Halves(attended, mlp.forward(frame, batch, between, y));
        if (!keepsInputOnly) {
            return new Saved(x, Optional.of(halves));
        }
        frame.release(mark);
        return new Saved(x, Optional.empty());
    }

    /** From the gradient of the layer's output to that of its input, both {@code gradient} [rows, h]. */
    void backward(Frame frame, MicroBatch batch, Saved saved, Tensor gradient) {
        long mark = frame.mark();
        Halves halves = saved.halves().orElseGet(() -> again(frame, batch, saved.x()));
        mlp.backward(frame, batch, halves.mlp(), gradient);
        attention.backward(frame, batch, halves.attention(), gradient);
        frame.release(mark);
    }

    private Halves again(Frame frame, MicroBatch batch, Tensor x) {
        Tensor between = frame.take(x.type(), x.extent(0), x.extent(1));
        ParallelAttention.Saved attended = attention.forward(frame, batch, x, between);
        return new Halves(attended, mlp.activate(frame, batch, between));
    }
}
