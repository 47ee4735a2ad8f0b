package io.sparktron.data;

/** The samples of a micro-batch and where they stand in the run; valid until the reader is asked for the next. */
public sealed interface Batch permits GptBatch, BertBatch {
    /** 64-bit positions of the samples in the run: [b]. */
    long[] positions();

    /** Tokens of these samples that are to be predicted. */
    long targets();

    /** @throws IllegalStateException if these are no samples of GPT */
    default GptBatch gpt() {
        if (this instanceof GptBatch gpt) {
            return gpt;
        }
        throw new IllegalStateException("a batch for BERT where one for GPT is needed");
    }

    /** @throws IllegalStateException if these are no samples of BERT */
    default BertBatch bert() {
        if (this instanceof BertBatch bert) {
            return bert;
        }
        throw new IllegalStateException("a batch for GPT where one for BERT is needed");
    }
}
