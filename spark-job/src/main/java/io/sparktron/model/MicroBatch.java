package io.sparktron.model;

import io.sparktron.kernels.SampleRows;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import io.sparktron.tokens.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The input of one pass through the model, on the device; a buffer that is filled anew for each micro-batch.
 *
 * @param positions INT64 [b], where each sample stands in the run
 * @param tokens INT32 [n]
 * @param targets INT32 [n], the token after each
 * @param lengths INT32 [b], keys that attention may see
 */
public record MicroBatch(long samples, long sequence, Tensor positions, Tensor tokens, Tensor targets, Tensor lengths) {
    private static final int ARRAYS = 3;

    /** A host buffer has less than 2^31 bytes. */
    private static final long MOST_IDS = Integer.MAX_VALUE / Integer.BYTES;

    /** Fails unless the ids of a micro-batch fit the buffers that bring them to the device. */
    public static void requireFits(int samples, int sequence) {
        if (samples * (sequence + 1L) > MOST_IDS) {
            throw new InvalidInputException("train.micro-batch = " + samples + " samples of " + sequence
                    + " + 1 tokens are too much at once; at most " + MOST_IDS / (sequence + 1L) + " of them fit");
        }
    }

    /** Bytes of a micro-batch. */
    public static long bytes(long samples, long sequence) {
        return samples * DType.INT64.bytes() + ARRAYS * samples * sequence * DType.INT32.bytes();
    }

    /** An unfilled micro-batch of {@code samples} x {@code sequence} tokens at the start of {@code memory}. */
    public static MicroBatch over(Memory memory, long samples, long sequence) {
        long first = samples * DType.INT64.bytes();
        long bytes = samples * sequence * DType.INT32.bytes();
        Shape rows = Shape.of(samples * sequence);
        return new MicroBatch(
                samples,
                sequence,
                new Tensor(memory, 0, DType.INT64, Shape.of(samples)),
                new Tensor(memory, first, DType.INT32, rows),
                new Tensor(memory, first + bytes, DType.INT32, rows),
                new Tensor(memory, first + 2 * bytes, DType.INT32, Shape.of(samples)));
    }

    /** How many rows it has, n. */
    public long rowCount() {
        return samples * sequence;
    }

    /** All its rows, as a kernel asks for them. */
    public SampleRows rows() {
        return SampleRows.all(positions, sequence);
    }

    /**
     * Enqueues the copy of samples to the device.
     *
     * @param taken [b], where each sample stands in the run
     * @param ids INT32 [b, s + 1], little-endian from the buffer's position on: each sample's tokens and the one that follows
     */
    public void write(Queue queue, long[] taken, ByteBuffer ids) {
        if (taken.length != samples) {
            throw new IllegalArgumentException(
                    taken.length + " positions for a micro-batch of " + samples + " samples");
        }
        int row = (int) (sequence * DType.INT32.bytes());
        ByteBuffer inputs = buffer(samples * sequence);
        ByteBuffer following = buffer(samples * sequence);
        ByteBuffer visible = buffer(samples);
        for (int i = 0; i < samples; i++) {
            int start = ids.position() + i * (row + DType.INT32.bytes());
            inputs.put(i * row, ids, start, row);
            following.put(i * row, ids, start + DType.INT32.bytes(), row);
            visible.putInt(i * DType.INT32.bytes(), (int) sequence);
        }
        ByteBuffer places =
                ByteBuffer.allocate(Math.toIntExact(positions.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        places.asLongBuffer().put(taken);
        queue.write(places, positions);
        queue.write(inputs, tokens);
        queue.write(following, targets);
        queue.write(visible, lengths);
    }

    private static ByteBuffer buffer(long ids) {
        return ByteBuffer.allocate(Math.toIntExact(ids * DType.INT32.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    }
}
