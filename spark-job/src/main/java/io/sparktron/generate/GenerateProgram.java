package io.sparktron.generate;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.collective.Collective.AllGather;
import io.sparktron.model.MicroBatch;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Execution;
import io.sparktron.parallel.Layout;
import io.sparktron.rank.GpuUse;
import io.sparktron.rank.RankContext;
import io.sparktron.rank.RankProgram;
import io.sparktron.storage.HadoopSettings;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.Frame;
import io.sparktron.tensor.Tensor;
import io.sparktron.train.DeviceConfig;
import io.sparktron.train.Inference;
import io.sparktron.train.RankDevice;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What every rank of a tensor group runs to generate: the whole window forward for each new token, the logits of its last position gathered, and the same draw on
 * every rank. Returns the tokens that were added.
 *
 * @param prompt token ids; empty starts a document
 */
record GenerateProgram(
        String checkpoint,
        ModelConfig model,
        int[] prompt,
        int endOfText,
        int maxTokens,
        Sampling sampling,
        Layout layout,
        DeviceConfig device,
        HadoopSettings hadoop)
        implements RankProgram<int[]> {

    @Override
    public GpuUse gpus() {
        return device.kind().gpus();
    }

    @Override
    public int groupSize() {
        return layout.tensor();
    }

    @Override
    public int[] run(RankContext context) throws Exception {
        Checkpoint trained = Checkpoint.open(checkpoint, hadoop.configuration());
        try (RankDevice opened = new RankDevice(device, layout, context);
                Inference inference = Inference.forLogits(opened.execution(), trained, model)) {
            return generate(opened.execution(), inference);
        }
    }

    private int[] generate(Execution on, Inference inference) {
        TokenSampler sampler = new TokenSampler(sampling);
        List<Integer> tokens = new ArrayList<>();
        tokens.add(endOfText); // what a document follows in training
        for (int id : prompt) {
            tokens.add(id);
        }
        int start = tokens.size();
        for (int i = 0; i < maxTokens; i++) {
            int window = Math.min(tokens.size(), model.sequence());
            List<Integer> seen = tokens.subList(tokens.size() - window, tokens.size());
            int next = sampler.next(lastLogits(on, inference, seen), i);
            if (next == endOfText) {
                break;
            }
            tokens.add(next);
        }
        return tokens.subList(start, tokens.size()).stream()
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The logits [V] after the last of {@code seen}. */
    private float[] lastLogits(Execution on, Inference inference, List<Integer> seen) {
        MicroBatch batch = inference.sample(seen.size());
        ByteBuffer ids = buffer((seen.size() + 1) * Integer.BYTES); // the token to come is not known: 0, and not read
        for (int i = 0; i < seen.size(); i++) {
            ids.putInt(i * Integer.BYTES, seen.get(i));
        }
        batch.write(on.queue(), new long[1], ids); // no dropout, so no position in a run

        Frame frame = inference.frame();
        long mark = frame.mark();
        Tensor part = inference.state().model().logits(frame, batch, seen.size() - 1, 1); // [1, v]
        long share = part.elements(); // v
        Tensor all = frame.take(DType.FLOAT32, layout.tensor() * share);
        on.mesh().tensor().run(new AllGather(part.view(share), all), on.queue());
        ByteBuffer gathered = buffer((int) all.bytes());
        on.queue().read(all, gathered);
        frame.release(mark);

        float[] logits = new float[model.vocabulary()];
        for (int column = 0; column < logits.length; column++) {
            logits[column] = gathered.getFloat(column * Float.BYTES);
        }
        return logits;
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
