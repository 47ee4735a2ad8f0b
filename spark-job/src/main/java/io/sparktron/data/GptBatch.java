package io.sparktron.data;

import java.nio.ByteBuffer;

/**
 * Samples of GPT: every id but the last of a sample is an input, every one but the first a target.
 *
 * @param positions [b]
 * @param ids little-endian INT32 [b, s + 1], from 0 to the buffer's limit
 */
public record GptBatch(long[] positions, ByteBuffer ids) implements Batch {
    /** b x s. */
    @Override
    public long targets() {
        return ids.limit() / Integer.BYTES - positions.length;
    }
}
