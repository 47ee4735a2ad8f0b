package io.sparktron.gpucheck;

import io.sparktron.data.Batch;
import io.sparktron.data.BertBatch;
import io.sparktron.data.GptBatch;
import io.sparktron.model.ModelConfig;
import io.sparktron.random.Philox;
import io.sparktron.tokens.BertSample;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.LongStream;

/** Samples that follow from where they stand in a run; their ids are skewed, so that there is something to learn. */
public final class MadeUpSamples {
    private static final long SEED = 11;
    private static final int SEVENTH = 7;

    private final ModelConfig model;

    public MadeUpSamples(ModelConfig model) {
        this.model = model;
    }

    /** The samples at {@code first ... first + count - 1}. */
    public Batch at(long first, int count) {
        return switch (model.family()) {
            case GPT -> gpt(first, count);
            case BERT -> bert(first, count);
        };
    }

    private Batch gpt(long first, int count) {
        int row = model.sequence() + 1;
        ByteBuffer ids = buffer(count * row);
        for (int i = 0; i < count * row; i++) {
            ids.putInt(i * Integer.BYTES, id(first * row + i));
        }
        return new GptBatch(positions(first, count), ids);
    }

    /** Two segments that fill between half and all of a sample, about a seventh of the tokens masked, and always the first. */
    private Batch bert(long first, int count) {
        int s = model.sequence();
        ByteBuffer tokens = buffer(count * s);
        ByteBuffer types = buffer(count * s);
        ByteBuffer labels = buffer(count * s);
        ByteBuffer lengths = buffer(count);
        ByteBuffer classes = buffer(count);
        long targets = 0;
        for (int sample = 0; sample < count; sample++) {
            long position = first + sample;
            int length = s - Math.floorMod(word(position, 1), s / 2);
            for (int i = 0; i < s; i++) {
                int at = sample * s + i;
                boolean masked = i == 0 || i < length && Math.floorMod(word(position * s + i, 2), SEVENTH) == 0;
                int id = id(position * s + i);
                tokens.putInt(at * Integer.BYTES, masked || i >= length ? 0 : id);
                types.putInt(at * Integer.BYTES, i >= length / 2 && i < length ? 1 : 0);
                labels.putInt(at * Integer.BYTES, masked ? id : BertSample.IGNORED);
                targets += masked ? 1 : 0;
            }
            lengths.putInt(sample * Integer.BYTES, length);
            classes.putInt(sample * Integer.BYTES, Math.floorMod(word(position, 3), 2));
        }
        return new BertBatch(positions(first, count), targets, tokens, types, labels, lengths, classes);
    }

    private static long[] positions(long first, int count) {
        return LongStream.range(first, first + count).toArray();
    }

    private int id(long at) {
        int id = Math.floorMod(word(at, 0), model.vocabulary());
        return id * id / model.vocabulary();
    }

    private static int word(long at, int stream) {
        int[] block = new int[Philox.WORDS];
        Philox.block(SEED, at, stream, block);
        return block[0];
    }

    private static ByteBuffer buffer(int ids) {
        return ByteBuffer.allocateDirect(ids * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
}
