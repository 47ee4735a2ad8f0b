package io.sparktron.model;

import io.sparktron.kernels.SampleRows;
import io.sparktron.model.ModelConfig.Family;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Memory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import io.sparktron.tokens.InvalidInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The input of one pass through the model, on the device; a buffer that is filled anew for each micro-batch.
 *
 * @param samples b
 * @param sequence tokens of each, s
 * @param positions INT64 [b], where each sample stands in the run
 * @param tokens INT32 [n]
 * @param targets INT32 [n], the token after each, or the one that was masked there
 * @param lengths INT32 [b], keys that attention may see
 * @param segments what only samples of BERT have
 */
public record MicroBatch(
        long samples,
        long sequence,
        Tensor positions,
        Tensor tokens,
        Tensor targets,
        Tensor lengths,
        Optional<Segments> segments) {
    /**
     * The two segments of each sample.
     *
     * @param types INT32 [n]: 0 in the first segment, 1 in the second
     * @param order INT32 [b]: 1 if they are swapped, else 0
     */
    public record Segments(Tensor types, Tensor order) {}

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
    public static long bytes(Family family, long samples, long sequence) {
        long ids = samples * sequence * DType.INT32.bytes();
        long each = samples * DType.INT32.bytes();
        long gpt = samples * DType.INT64.bytes() + 2 * ids + each;
        return family == Family.BERT ? gpt + ids + each : gpt;
    }

    /** An unfilled micro-batch of {@code samples} x {@code sequence} tokens at the start of {@code memory}. */
    public static MicroBatch over(Memory memory, Family family, long samples, long sequence) {
        long ids = samples * sequence * DType.INT32.bytes();
        long tokens = samples * DType.INT64.bytes();
        long lengths = tokens + 2 * ids;
        long types = lengths + samples * DType.INT32.bytes();
        Shape rows = Shape.of(samples * sequence);
        Shape each = Shape.of(samples);
        return new MicroBatch(
                samples,
                sequence,
                new Tensor(memory, 0, DType.INT64, each),
                new Tensor(memory, tokens, DType.INT32, rows),
                new Tensor(memory, tokens + ids, DType.INT32, rows),
                new Tensor(memory, lengths, DType.INT32, each),
                family == Family.GPT
                        ? Optional.empty()
                        : Optional.of(new Segments(
                                new Tensor(memory, types, DType.INT32, rows),
                                new Tensor(memory, types + ids, DType.INT32, each))));
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
     * Enqueues the copy of samples of GPT to the device.
     *
     * @param taken [b], where each sample stands in the run
     * @param ids INT32 [b, s + 1], little-endian from the buffer's position on: each sample's tokens and the one that follows
     */
    public void write(Queue queue, long[] taken, ByteBuffer ids) {
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
        writePositions(queue, taken);
        queue.write(inputs, tokens);
        queue.write(following, targets);
        queue.write(visible, lengths);
    }

    /**
     * Enqueues the copy of samples of BERT to the device, all little-endian INT32.
     *
     * @param taken [b], where each sample stands in the run
     * @param ids [b, s], masked and filled up
     * @param types [b, s]
     * @param labels [b, s], the ids that were masked, {@link io.sparktron.kernels.CrossEntropy#IGNORED} elsewhere
     * @param visible [b], ids of each sample before the filling
     * @param order [b]
     */
    public void write(
            Queue queue,
            long[] taken,
            ByteBuffer ids,
            ByteBuffer types,
            ByteBuffer labels,
            ByteBuffer visible,
            ByteBuffer order) {
        Segments both = segments.orElseThrow(() -> new IllegalStateException("a micro-batch of GPT has no segments"));
        writePositions(queue, taken);
        queue.write(ids, tokens);
        queue.write(labels, targets);
        queue.write(visible, lengths);
        queue.write(types, both.types());
        queue.write(order, both.order());
    }

    private void writePositions(Queue queue, long[] taken) {
        if (taken.length != samples) {
            throw new IllegalArgumentException(
                    taken.length + " positions for a micro-batch of " + samples + " samples");
        }
        ByteBuffer places =
                ByteBuffer.allocate(Math.toIntExact(positions.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        places.asLongBuffer().put(taken);
        queue.write(places, positions);
    }

    private static ByteBuffer buffer(long ids) {
        return ByteBuffer.allocate(Math.toIntExact(ids * DType.INT32.bytes())).order(ByteOrder.LITTLE_ENDIAN);
    }
}
