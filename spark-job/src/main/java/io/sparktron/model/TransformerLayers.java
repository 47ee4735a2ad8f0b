package io.sparktron.model;

import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** All layers of a model, one after the other. */
final class TransformerLayers {
    private final List<TransformerLayer> layers = new ArrayList<>();

    /**
     * What a forward pass keeps for backward.
     *
     * @param y [rows, h], the last layer's output
     */
    record Saved(List<TransformerLayer.Saved> layers, Tensor y) {}

    TransformerLayers(Build build) {
        for (int layer = 0; layer < build.config().layers(); layer++) {
            layers.add(new TransformerLayer(build, layer));
        }
    }

    /** From x [rows, h], on the frame. */
    Saved forward(Frame frame, MicroBatch batch, Tensor x) {
        List<TransformerLayer.Saved> saved = new ArrayList<>();
        Tensor last = x;
        for (TransformerLayer layer : layers) {
            Tensor y = frame.take(x.type(), x.extent(0), x.extent(1));
            saved.add(layer.forward(frame, batch, last, y));
            last = y;
        }
        return new Saved(saved, last);
    }

    /** The output of the last layer [rows, h], with nothing kept of any; x [rows, h] is overwritten. */
    Tensor infer(Frame frame, MicroBatch batch, Tensor x) {
        Tensor last = x;
        Tensor next = frame.take(x.type(), x.extent(0), x.extent(1));
        for (TransformerLayer layer : layers) {
            long mark = frame.mark();
            layer.forward(frame, batch, last, next);
            frame.release(mark);
            Tensor free = last;
            last = next;
            next = free;
        }
        return last;
    }

    /**
     * From the gradient of the last layer's output to that of the first one's input, both {@code gradient} [rows, h].
     *
     * @param layerDone called with each layer once all work on its gradients is enqueued
     */
    void backward(Frame frame, MicroBatch batch, Saved saved, Tensor gradient, IntConsumer layerDone) {
        for (int layer = layers.size() - 1; layer >= 0; layer--) {
            layers.get(layer).backward(frame, batch, saved.layers().get(layer), gradient);
            layerDone.accept(layer);
        }
    }
}
