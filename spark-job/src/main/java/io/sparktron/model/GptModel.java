package io.sparktron.model;

import static io.sparktron.model.ModelParameters.WORD_EMBEDDINGS;

import io.sparktron.kernels.StepState;
import io.sparktron.parallel.ColumnParallelLinear;
import io.sparktron.parallel.VocabParallelCrossEntropy;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.util.Optional;

/** GPT: embeddings, layers, final norm, and logits by the transposed input embedding. Its loss is that of the next token, LOSS_SUM and LOSS_GRADIENT of the state. */
final class GptModel implements LanguageModel {
    private final Trunk trunk;
    private final ColumnParallelLinear output; // the word embeddings, [v, h]
    private final VocabParallelCrossEntropy crossEntropy;

    GptModel(Build build) {
        this.trunk = new Trunk(build);
        this.output = new ColumnParallelLinear(
                build.on(), build.border(), build.parameter(WORD_EMBEDDINGS), 1, Optional.empty());
        this.crossEntropy = new VocabParallelCrossEntropy(build.on(), trunk.word());
    }

    @Override
    public long firstColumn() {
        return trunk.word().first();
    }

    @Override
    public long columns() {
        return trunk.word().rows();
    }

    @Override
    public Pass forward(Frame frame, MicroBatch batch, StepState state) {
        Trunk.Saved passed = trunk.forward(frame, batch);
        Tensor logits = project(frame, passed.y(), batch.rowCount()); // [n, v]
        VocabParallelCrossEntropy.Saved loss = loss(frame, batch, logits, state);
        return bucketDone -> trunk.backward(
                frame,
                batch,
                passed,
                dNormed -> {
                    crossEntropy.backward(logits, batch.targets(), loss, state.slot(StepState.LOSS_GRADIENT));
                    output.backward(frame, logits, passed.y(), dNormed);
                },
                bucketDone);
    }

    @Override
    public void evaluate(Frame frame, MicroBatch batch, StepState state) {
        long mark = frame.mark();
        loss(frame, batch, project(frame, trunk.infer(frame, batch), batch.rowCount()), state);
        frame.release(mark);
    }

    @Override
    public Tensor logits(Frame frame, MicroBatch batch, long firstRow, long rows) {
        return project(frame, trunk.infer(frame, batch, firstRow, rows), rows);
    }

    private VocabParallelCrossEntropy.Saved loss(Frame frame, MicroBatch batch, Tensor logits, StepState state) {
        return crossEntropy.forward(frame, logits, batch.targets(), state.slot(StepState.LOSS_SUM));
    }

    /** Logits [n, v] of x [rows, h]. */
    private Tensor project(Frame frame, Tensor x, long n) {
        Tensor logits = frame.take(x.type(), n, output.columns());
        output.forward(frame, x, logits);
        return logits;
    }
}
