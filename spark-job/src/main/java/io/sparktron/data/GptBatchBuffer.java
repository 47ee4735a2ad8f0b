package io.sparktron.data;

import java.nio.ByteBuffer;

/** Ids as they are read. */
final class GptBatchBuffer implements BatchBuffer {
    private final int length; // s + 1
    private final ByteBuffer ids; // [b, s + 1]

    GptBatchBuffer(int samples, int sequence) {
        this.length = sequence + 1;
        this.ids = BatchBuffer.allocate(samples, length);
    }

    @Override
    public void clear() {
        ids.clear();
    }

    @Override
    public void add(long position, int[] values) {
        ids.asIntBuffer().put(values, 0, length);
        ids.position(ids.position() + length * Integer.BYTES);
    }

    @Override
    public Batch batch(long[] positions) {
        ids.flip();
        return new GptBatch(positions, ids);
    }
}
