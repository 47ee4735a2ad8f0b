package io.sparktron.data;

import io.sparktron.tokens.BertSample;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** Masks samples that have no labels of their own, and fills them up to s. */
final class BertBatchBuffer implements BatchBuffer {
    private final BertMasking masking;
    private final int sequence; // s
    private final int pad;
    private final ByteBuffer tokens; // [b, s]
    private final ByteBuffer types; // [b, s]
    private final ByteBuffer labels; // [b, s]
    private final ByteBuffer lengths; // [b]
    private final ByteBuffer classes; // [b]
    private final int[] row; // [s]
    private long targets;

    BertBatchBuffer(int samples, int sequence, int pad, BertMasking masking) {
        this.masking = masking;
        this.sequence = sequence;
        this.pad = pad;
        this.tokens = BatchBuffer.allocate(samples, sequence);
        this.types = BatchBuffer.allocate(samples, sequence);
        this.labels = BatchBuffer.allocate(samples, sequence);
        this.lengths = BatchBuffer.allocate(samples, 1);
        this.classes = BatchBuffer.allocate(samples, 1);
        this.row = new int[sequence];
    }

    @Override
    public void clear() {
        buffers().forEach(ByteBuffer::clear);
        targets = 0;
    }

    @Override
    public void add(long position, int[] values) {
        BertSample read = BertValues.sample(values, 0, sequence);
        BertSample masked = read.labels() == null ? masking.mask(read, position) : read;
        int length = masked.tokens().length;
        put(masked.tokens(), pad, tokens);
        put(masked.labels(), BertSample.IGNORED, labels);
        Arrays.fill(row, 0);
        Arrays.fill(row, masked.second(), length, 1);
        put(row, 0, types);
        lengths.putInt(length);
        classes.putInt(masked.swapped() ? 1 : 0);
        for (int label : masked.labels()) {
            targets += label == BertSample.IGNORED ? 0 : 1;
        }
    }

    @Override
    public Batch batch(long[] positions) {
        buffers().forEach(ByteBuffer::flip);
        return new BertBatch(positions, targets, tokens, types, labels, lengths, classes);
    }

    private void put(int[] values, int filling, ByteBuffer buffer) {
        for (int value : values) {
            buffer.putInt(value);
        }
        for (int i = values.length; i < sequence; i++) {
            buffer.putInt(filling);
        }
    }

    private List<ByteBuffer> buffers() {
        return List.of(tokens, types, labels, lengths, classes);
    }
}
