package io.sparktron.model;

import static io.sparktron.model.GptParameters.POSITION_EMBEDDINGS;
import static io.sparktron.model.GptParameters.WORD_EMBEDDINGS;

import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.DropoutSite;
import io.sparktron.kernels.SampleRows;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Parameter;
import io.sparktron.parallel.VocabParallelEmbedding;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;

/** {@code x = dropout(word[token] + position[i])} for token i of a sample. */
final class InputEmbedding {
    private final Execution on;
    private final Build build;
    private final VocabParallelEmbedding word;
    private final Parameter position; // [p, h]
    private final Dropout dropout;

    InputEmbedding(Build build) {
        this.on = build.on();
        this.build = build;
        this.word = new VocabParallelEmbedding(on, build.border(), build.parameter(WORD_EMBEDDINGS));
        this.position = build.parameter(POSITION_EMBEDDINGS);
        this.dropout = build.dropout(DropoutSite.EMBEDDING, 0);
    }

    VocabParallelEmbedding word() {
        return word;
    }

    /** [rows, h], on the frame. */
    Tensor forward(Frame frame, MicroBatch batch) {
        SampleRows rows = build.rows(batch);
        Tensor x = frame.take(on.type(), build.rowCount(batch), build.config().hidden());
        word.forward(frame, batch.tokens(), x);
        on.kernels().embedding().addPositions(on.queue(), position.value(), rows, x);
        if (dropout.active()) {
            on.kernels().elementwise().dropout(on.queue(), x, dropout, rows, x);
        }
        return x;
    }

    /**
     * Adds the gradients of both tables; that of the positions, which every rank holds, from all rows.
     *
     * @param gradient [rows, h], overwritten
     */
    void backward(Frame frame, MicroBatch batch, Tensor gradient) {
        long mark = frame.mark();
        if (dropout.active()) {
            on.kernels().elementwise().dropout(on.queue(), gradient, dropout, build.rows(batch), gradient);
        }
        Tensor whole = word.backward(frame, batch.tokens(), gradient); // [n, h]
        on.kernels().embedding().positionsBackward(on.queue(), whole, batch.rows(), position.gradient());
        frame.release(mark);
    }
}
