package io.sparktron.train;

import io.sparktron.data.BatchReader;
import java.nio.ByteBuffer;
import java.util.stream.LongStream;

/** Micro-batches without a dataset. */
final class Batches {
    private Batches() {}

    /** Samples at the positions {@code first ... first + count - 1} of the run. */
    static BatchReader.Batch at(long first, int count, ByteBuffer ids) {
        return new BatchReader.Batch(positions(first, count), ids);
    }

    static long[] positions(long first, int count) {
        return LongStream.range(first, first + count).toArray();
    }
}
