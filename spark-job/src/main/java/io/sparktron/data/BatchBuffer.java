package io.sparktron.data;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The buffers of one batch, filled sample by sample. They go round between the reader's thread and its caller. */
interface BatchBuffer {
    /** Makes it empty. */
    void clear();

    /**
     * Appends a sample.
     *
     * @param position of the sample in the run
     * @param values of the sample, as {@link SampleReader} gives them
     */
    void add(long position, int[] values);

    /** What was appended. The batch is a view of these buffers. */
    Batch batch(long[] positions);

    /** A direct buffer of so many INT32. */
    static ByteBuffer allocate(int samples, int valuesOfSample) {
        int bytes = Math.multiplyExact(Math.multiplyExact(samples, valuesOfSample), Integer.BYTES);
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
