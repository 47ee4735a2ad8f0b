package io.sparktron.inspect;

import io.sparktron.checkpoint.Checkpoint;
import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.checkpoint.NamedTensor;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Box;
import io.sparktron.parallel.Layout;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import io.sparktron.train.Sizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A checkpoint.
 *
 * @param layout that wrote it
 * @param bytes of all tensors
 */
record CheckpointView(
        String kind,
        String path,
        long step,
        long consumed,
        ModelConfig model,
        CheckpointMetadata.Tokenizer tokenizer,
        long seed,
        String datasetFingerprint,
        Layout layout,
        long bytes,
        List<TensorView> tensors)
        implements Inspection {

    /**
     * A tensor of it.
     *
     * @param files that hold it
     * @param values null where they were not asked for
     */
    record TensorView(String name, String type, long[] shape, Set<String> files, Values values) {}

    /** What the values of a tensor are like; {@code rms} is the root of the mean of their squares. */
    record Values(float min, float max, double rms) {}

    static CheckpointView of(Checkpoint checkpoint, boolean statistics) {
        CheckpointMetadata metadata = checkpoint.metadata();
        List<TensorView> tensors = new ArrayList<>();
        long elements = 0;
        try (HostDevice device = new HostDevice(1)) {
            Queue queue = device.newQueue("inspect");
            for (Map.Entry<String, Shape> tensor : checkpoint.tensors().entrySet()) {
                elements += tensor.getValue().elements();
                tensors.add(new TensorView(
                        tensor.getKey(),
                        DType.FLOAT32.name(),
                        tensor.getValue().toArray(),
                        checkpoint.filesOf(tensor.getKey()),
                        statistics ? values(checkpoint, tensor.getKey(), tensor.getValue(), queue) : null));
            }
        }
        return new CheckpointView(
                "checkpoint",
                checkpoint.folder(),
                metadata.step(),
                metadata.consumed(),
                metadata.model(),
                metadata.tokenizer(),
                metadata.seed(),
                metadata.datasetFingerprint(),
                metadata.layout(),
                elements * DType.FLOAT32.bytes(),
                tensors);
    }

    /** Reads a whole tensor, and so holds it against its checksums. */
    private static Values values(Checkpoint checkpoint, String name, Shape shape, Queue queue) {
        float min = Float.POSITIVE_INFINITY;
        float max = Float.NEGATIVE_INFINITY;
        double squares = 0;
        try (HostMemory memory = HostMemory.allocate(name, shape.elements() * DType.FLOAT32.bytes())) {
            Tensor whole = new Tensor(memory, 0, DType.FLOAT32, shape);
            checkpoint.load(List.of(new NamedTensor(name, shape, Box.whole(shape), whole, false)), queue);
            queue.awaitHost();
            for (long at = 0; at < whole.bytes(); at += Float.BYTES) {
                float value = memory.window(at).getFloat(HostMemory.inWindow(at));
                min = Math.min(min, value);
                max = Math.max(max, value);
                squares += (double) value * value;
            }
        }
        return new Values(min, max, Math.sqrt(squares / shape.elements()));
    }

    @Override
    public String text() {
        Page page = new Page()
                .line("checkpoint %s", path)
                .line("  after step %,d, %,d samples consumed, seed %d", step, consumed, seed)
                .model(model)
                .line(
                        "  tokenizer %s: %,d ids, end-of-text %d",
                        tokenizer.name(), tokenizer.vocabulary(), tokenizer.endOfText());
        if (!datasetFingerprint.isEmpty()) {
            page.line("  trained on the dataset with fingerprint %s", datasetFingerprint);
        }
        page.line("  written at %s; any layout loads it", layout)
                .line("  %d tensors of float32, %s", tensors.size(), Sizes.of(bytes))
                .line("");
        int width = tensors.stream()
                .mapToInt(tensor -> tensor.name().length())
                .max()
                .orElse(1);
        for (TensorView tensor : tensors) {
            String values = tensor.values() == null
                    ? ""
                    : String.format(
                            Locale.ROOT,
                            " min %12.5e max %12.5e rms %11.5e ",
                            tensor.values().min(),
                            tensor.values().max(),
                            tensor.values().rms());
            page.line(
                    "  %-" + width + "s %-18s%s %s",
                    tensor.name(),
                    Arrays.toString(tensor.shape()),
                    values,
                    String.join(" ", tensor.files()));
        }
        return page.toString();
    }
}
