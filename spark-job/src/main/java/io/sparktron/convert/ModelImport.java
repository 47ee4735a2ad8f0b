package io.sparktron.convert;

import io.sparktron.checkpoint.CheckpointBuilder;
import io.sparktron.checkpoint.CheckpointMetadata;
import io.sparktron.checkpoint.NamedTensor;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.parallel.Box;
import io.sparktron.parallel.Layout;
import io.sparktron.tensor.Allocations;
import io.sparktron.tensor.Allocator;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** From a Hugging Face folder to a checkpoint at step 0, weights only: float32, in our names and orientation. */
final class ModelImport {
    private final HuggingFaceModel model;
    private final Configuration hadoop;

    ModelImport(HuggingFaceModel model, Configuration hadoop) {
        this.model = model;
        this.hadoop = hadoop;
    }

    /** Writes the checkpoint, with the tokenizer's files beside it; what is refused leaves nothing behind. */
    void run(Path output, CheckpointMetadata.Tokenizer tokenizer, TokenizerFiles files) throws IOException {
        CheckpointMetadata metadata = new CheckpointMetadata(
                0,
                0,
                model.model(),
                tokenizer,
                0,
                "",
                CheckpointMetadata.AdamProgress.NONE,
                new Layout(1, 1),
                List.of());
        try (WeightReader reader = new WeightReader(hadoop);
                HostDevice device = new HostDevice(1)) {
            requireTied(reader);
            try (CheckpointBuilder checkpoint =
                    CheckpointBuilder.create(Convert.OUTPUT, output, device.newQueue("convert"), hadoop)) {
                for (List<HuggingFaceModel.Weight> group : model.parameters()) {
                    try (Allocations held = new Allocations()) {
                        checkpoint.add(read(group, reader, held.from(HostMemory::allocate)));
                    }
                }
                for (String name : files.names()) {
                    checkpoint.add(name, files.content(name));
                }
                checkpoint.finish(metadata);
            }
        }
    }

    private static List<NamedTensor> read(List<HuggingFaceModel.Weight> group, WeightReader reader, Allocator allocator)
            throws IOException {
        Map<String, HostMemory> memories = new HashMap<>(); // several tensors may be parts of one of ours
        List<NamedTensor> tensors = new ArrayList<>();
        for (HuggingFaceModel.Weight weight : group) {
            String name = weight.parameter().spec().name();
            Shape shape = weight.parameter().spec().global();
            HostMemory memory = memories.get(name);
            if (memory == null) {
                memory = (HostMemory) allocator.allocate(name, shape.elements() * DType.FLOAT32.bytes());
                memories.put(name, memory);
                tensors.add(new NamedTensor(
                        name, shape, Box.whole(shape), new Tensor(memory, 0, DType.FLOAT32, shape), true));
            }
            reader.read(weight, memory);
        }
        return tensors;
    }

    private void requireTied(WeightReader reader) throws IOException {
        for (HuggingFaceModel.Copy pair : model.copies()) {
            if (!reader.equal(pair.copy(), pair.of())) {
                throw new InvalidInputException(
                        pair.copy().file() + ": " + pair.copy().name() + " is not equal to "
                                + pair.of().name()
                                + "; legal: one embedding for input and output, as "
                                + model.config().kind() + " has it");
            }
        }
    }
}
