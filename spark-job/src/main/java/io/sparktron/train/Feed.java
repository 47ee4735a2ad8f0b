package io.sparktron.train;

import io.sparktron.data.Batch;
import io.sparktron.data.BertBatch;
import io.sparktron.data.GptBatch;
import io.sparktron.model.MicroBatch;
import io.sparktron.tensor.Queue;

/** Brings what was read to the device. */
final class Feed {
    private Feed() {}

    /** Enqueues the copy of a batch. */
    static void write(Queue queue, Batch from, MicroBatch to) {
        if (from instanceof BertBatch bert) {
            to.write(
                    queue,
                    bert.positions(),
                    bert.tokens(),
                    bert.types(),
                    bert.labels(),
                    bert.lengths(),
                    bert.classes());
        } else if (from instanceof GptBatch gpt) {
            to.write(queue, gpt.positions(), gpt.ids());
        }
    }
}
