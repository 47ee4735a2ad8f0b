package io.sparktron.model;

import io.sparktron.kernels.Attention;
import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.DropoutSite;
import io.sparktron.parallel.Execution;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import java.util.Optional;

/**
 * Softmax attention of the rank's heads over a micro-batch, without any weight: what selective recomputation runs again instead of keeping its probabilities, whose size
 * grows with the square of the sequence.
 */
final class AttentionCore {
    private final Execution on;
    private final Attention kernel;
    private final boolean causal;
    private final boolean runsAgain; // in backward
    private final Dropout dropout;
    private final long allHeads; // A
    private final long heads; // a
    private final long size; // d

    /**
     * @param probabilities what the kernel keeps for backward; empty where it shall run again
     * @param out [n, a d]
     */
    record Saved(Optional<Tensor> probabilities, Tensor out) {}

    AttentionCore(Build build, int layer) {
        this.on = build.on();
        this.kernel = on.kernels().attention();
        this.causal = build.config().family() == ModelConfig.Family.GPT;
        Recompute recompute = build.mode().recompute();
        this.runsAgain = recompute == Recompute.SELECTIVE && !recompute.isWithoutEffect(kernel, build.config());
        this.dropout = build.dropout(DropoutSite.ATTENTION_PROBABILITIES, layer);
        this.allHeads = build.config().heads();
        this.heads = allHeads / on.mesh().layout().tensor();
        this.size = build.config().headSize();
    }

    /** Columns of the result on this rank, a d. */
    long columns() {
        return heads * size;
    }

    /** From qkv [n, 3 a d]. */
    Saved forward(Frame frame, MicroBatch batch, Tensor qkv) {
        Tensor out = frame.take(qkv.type(), qkv.extent(0), columns());
        long mark = frame.mark();
        Tensor probabilities = attend(frame, batch, qkv, out);
        if (runsAgain) {
            frame.release(mark);
            return new Saved(Optional.empty(), out);
        }
        return new Saved(Optional.of(probabilities), out);
    }

    /**
     * @param dOut [n, a d]
     * @param qkv [n, 3 a d], as given to forward
     * @param dQkv [n, 3 a d]
     */
    void backward(Frame frame, MicroBatch batch, Tensor dOut, Tensor qkv, Saved saved, Tensor dQkv) {
        long mark = frame.mark();
        Tensor probabilities =
                saved.probabilities().orElseGet(() -> attend(frame, batch, qkv, saved.out())); // writes out's own bits
        Tensor scratch =
                take(frame, kernel.backwardScratchShape(dropout, batch.samples(), heads, batch.sequence(), size));
        kernel.backward(
                on.queue(),
                causal,
                split(batch, dOut),
                fused(batch, qkv),
                batch.lengths(),
                dropout,
                batch.positions(),
                firstHead(),
                allHeads,
                probabilities,
                split(batch, saved.out()),
                scratch,
                fused(batch, dQkv));
        frame.release(mark);
    }

    /** Runs the kernel and leaves on the frame what it keeps. */
    private Tensor attend(Frame frame, MicroBatch batch, Tensor qkv, Tensor out) {
        Tensor probabilities = take(frame, kernel.savedShape(batch.samples(), heads, batch.sequence(), size));
        long mark = frame.mark();
        Tensor scratch =
                take(frame, kernel.forwardScratchShape(dropout, batch.samples(), heads, batch.sequence(), size));
        kernel.forward(
                on.queue(),
                causal,
                fused(batch, qkv),
                batch.lengths(),
                dropout,
                batch.positions(),
                firstHead(),
                allHeads,
                probabilities,
                scratch,
                split(batch, out));
        frame.release(mark);
        return probabilities;
    }

    private long firstHead() {
        return on.mesh().tensorRank() * heads;
    }

    private static Tensor take(Frame frame, Shape shape) {
        return frame.take(DType.FLOAT32, shape.toArray());
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
