package io.sparktron.model;

import static io.sparktron.model.ModelParameters.POSITION_EMBEDDINGS;
import static io.sparktron.model.ModelParameters.TOKEN_TYPE_EMBEDDINGS;
import static io.sparktron.model.ModelParameters.WORD_EMBEDDINGS;

import io.sparktron.kernels.Dropout;
import io.sparktron.kernels.DropoutSite;
import io.sparktron.kernels.SampleRows;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Parameter;
import io.sparktron.parallel.VocabParallelEmbedding;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.util.Optional;

/** {@code x = dropout(word[token] + position[i])} for token i of a sample, and in BERT {@code + type[segment]}. */
final class InputEmbedding {
    private final Execution on;
    private final Build build;
    private final VocabParallelEmbedding word;
    private final Parameter position; // [p, h]
    private final Optional<Parameter> type; // [2, h]
    private final Dropout dropout;

    InputEmbedding(Build build) {
        this.on = build.on();
        this.build = build;
        this.word = new VocabParallelEmbedding(on, build.border(), build.parameter(WORD_EMBEDDINGS));
        this.position = build.parameter(POSITION_EMBEDDINGS);
        this.type = build.config().family() == ModelConfig.Family.BERT
                ? Optional.of(build.parameter(TOKEN_TYPE_EMBEDDINGS))
                : Optional.empty();
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
        type.ifPresent(table -> addTypes(frame, types(batch).rows(rows.first(), x.extent(0)), table, x));
        if (dropout.active()) {
            on.kernels().elementwise().dropout(on.queue(), x, dropout, rows, x);
        }
        return x;
    }

    /**
     * Adds the gradients of the tables; those of positions and types, which every rank holds, from all rows.
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
        type.ifPresent(table -> on.kernels()
                .embedding()
                .backward(on.queue(), types(batch), whole, 0, table.value().extent(0), table.gradient()));
        frame.release(mark);
    }

    /** x [rows, h] += the embeddings of types INT32 [rows]. */
    private void addTypes(Frame frame, Tensor types, Parameter table, Tensor x) {
        long mark = frame.mark();
        Tensor added = frame.take(x.type(), x.extent(0), x.extent(1));
        on.kernels()
                .embedding()
                .forward(on.queue(), types, table.value(), 0, table.value().extent(0), added);
        on.kernels().elementwise().add(on.queue(), added, x);
        frame.release(mark);
    }

    private static Tensor types(MicroBatch batch) {
        return batch.segments().orElseThrow().types();
    }
}
