package io.sparktron.train;

import io.sparktron.parallel.Box;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Parameter;
import io.sparktron.parallel.ParameterSpec;
import io.sparktron.random.NormalInitializer;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Draws the weights of a new run, the same at every layout, and copies them to the device piece by piece. */
final class InitialWeights {
    private final Execution on;
    private final long seed;
    private final long pieceElements;

    /**
     * @param pieceElements largest piece that is drawn at once on the heap, unless one row of a tensor is larger
     */
    InitialWeights(Execution on, long seed, long pieceElements) {
        this.on = on;
        this.seed = seed;
        this.pieceElements = pieceElements;
    }

    /** Fills the masters of what this rank's optimizer owns; padding stays as it is. */
    void draw(Parameter parameter) {
        ParameterSpec.Initial initial = parameter.spec().initial();
        Tensor masters = parameter.owned().used(parameter.owned().master());
        if (masters.elements() == 0) {
            return; // a rank may hold nothing but padding, and own nothing of what it holds
        }
        if (initial.deviation() == 0) {
            on.kernels().elementwise().fill(on.queue(), masters, initial.mean());
        } else {
            Box box = parameter.box();
            draw(
                    parameter.spec(),
                    new Part(box.start(), box.shape(), -parameter.owned().first()),
                    masters,
                    0);
        }
    }

    /**
     * A box of a logical parameter, contiguous in what the rank holds.
     *
     * @param at index of its first element among the masters that are drawn; it may lie before them, and its end behind
     */
    private record Part(long[] start, Shape shape, long at) {}

    /**
     * A part that has one index in each dimension before {@code dimension}; what is too large for a piece is divided along it.
     */
    private void draw(ParameterSpec spec, Part part, Tensor masters, int dimension) {
        Shape shape = part.shape;
        if (part.at >= masters.elements() || part.at + shape.elements() <= 0) {
            return; // another rank's
        }
        if (shape.elements() <= pieceElements || dimension == shape.rank() - 1) {
            drawPiece(spec, part, masters);
            return;
        }
        long extent = shape.extent(dimension);
        long each = shape.elements() / extent;
        long step = Math.max(1, pieceElements / each);
        for (long first = 0; first < extent; first += step) {
            long count = Math.min(step, extent - first);
            long[] start = part.start.clone();
            start[dimension] += first;
            Part inner = new Part(start, shape.with(dimension, count), part.at + first * each);
            draw(spec, inner, masters, dimension + 1);
        }
    }

    private void drawPiece(ParameterSpec spec, Part piece, Tensor masters) {
        int bytes = Math.toIntExact(piece.shape.elements() * Float.BYTES);
        ByteBuffer values = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        double deviation = spec.initial().deviation();
        NormalInitializer.fill(seed, spec.name(), spec.global(), piece.start, piece.shape, deviation, values);
        long from = Math.max(0, piece.at);
        long to = Math.min(masters.elements(), piece.at + piece.shape.elements());
        ByteBuffer owned = values.slice((int) (from - piece.at) * Float.BYTES, (int) (to - from) * Float.BYTES);
        on.queue().write(owned, masters.rows(from, to - from));
        on.mesh().world().progress();
    }
}
