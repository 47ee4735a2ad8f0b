package io.sparktron.train;

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

    /** Fills this rank's part; padding stays as it is. */
    void draw(Parameter parameter) {
        ParameterSpec.Initial initial = parameter.spec().initial();
        Tensor used = parameter.used(parameter.value());
        if (used.elements() == 0) {
            return; // a rank may hold nothing but padding
        }
        if (initial.deviation() == 0) {
            on.kernels().elementwise().fill(on.queue(), used, initial.mean());
        } else {
            draw(parameter.spec(), used, parameter.box().start(), 0);
        }
    }

    /**
     * A part that has one index in each dimension before {@code dimension}; what is too large for a piece is divided along it.
     *
     * @param start of the part in the logical parameter
     */
    private void draw(ParameterSpec spec, Tensor part, long[] start, int dimension) {
        if (part.elements() <= pieceElements || dimension == part.shape().rank() - 1) {
            drawPiece(spec, part, start);
            return;
        }
        long extent = part.extent(dimension);
        long each = part.elements() / extent;
        long step = Math.max(1, pieceElements / each);
        for (long first = 0; first < extent; first += step) {
            long count = Math.min(step, extent - first);
            long[] at = start.clone();
            at[dimension] += first;
            Shape shape = part.shape().with(dimension, count);
            Tensor inner = part.view(extent, each).rows(first, count).view(shape);
            draw(spec, inner, at, dimension + 1);
        }
    }

    private void drawPiece(ParameterSpec spec, Tensor piece, long[] start) {
        ByteBuffer values = ByteBuffer.allocate(Math.toIntExact(piece.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        double deviation = spec.initial().deviation();
        NormalInitializer.fill(seed, spec.name(), spec.global(), start, piece.shape(), deviation, values);
        on.queue().write(values, piece);
        on.mesh().world().progress();
    }
}
