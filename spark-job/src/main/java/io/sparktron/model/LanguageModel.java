package io.sparktron.model;

import io.sparktron.kernels.StepState;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.ParameterStorage;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import java.util.function.IntConsumer;

/**
 * One rank's part of a model. Forward takes activations from a frame and adds a micro-batch's losses to slots of the {@link StepState}; backward gives back what forward
 * took, reads the losses' factors from the same state, and adds to the gradients of the parameters.
 */
public sealed interface LanguageModel permits GptModel, BertModel {
    /**
     * The model of a configuration.
     *
     * @param parameters of {@link ModelParameters#buckets} for this config, tensor size and device
     */
    static LanguageModel of(Execution on, ModelConfig config, ParameterStorage parameters, Mode mode) {
        Build build = Build.of(on, config, parameters, mode);
        return switch (config.family()) {
            case GPT -> new GptModel(build);
            case BERT -> new BertModel(build);
        };
    }

    /** A forward pass that can be followed backward, once. */
    interface Pass {
        /**
         * Adds the gradients of each loss x its factor.
         *
         * @param bucketDone called with each bucket of {@link ModelParameters#buckets} once all work on its gradients is enqueued
         */
        void backward(IntConsumer bucketDone);
    }

    /** The losses of a micro-batch, with all that backward needs on the frame. */
    Pass forward(Frame frame, MicroBatch batch, StepState state);

    /** The losses of a micro-batch and nothing else: a layer's activations are released before the next one begins. */
    void evaluate(Frame frame, MicroBatch batch, StepState state);

    /**
     * This rank's columns of the logits of some rows, on the frame; of a model for inference.
     *
     * @return [rows, v]; columns from {@link #columns} on are padding
     */
    Tensor logits(Frame frame, MicroBatch batch, long firstRow, long rows);

    /** Vocabulary index of this rank's first column of logits. */
    long firstColumn();

    /** Columns of logits on this rank that are not padding. */
    long columns();
}
