package io.sparktron.train;

import io.sparktron.data.Batch;
import io.sparktron.data.GptBatch;
import java.nio.ByteBuffer;
import java.util.stream.LongStream;

/** Micro-batches without a dataset. */
final class Batches {
    private Batches() {}

    /** Samples at the positions {@code first ... first + count - 1} of the run. */
    static Batch at(long first, int count, ByteBuffer ids) {
        return new GptBatch(positions(first, count), ids);
    }

    static long[] positions(long first, int count) {
        return LongStream.range(first, first + count).toArray();
    }
}
