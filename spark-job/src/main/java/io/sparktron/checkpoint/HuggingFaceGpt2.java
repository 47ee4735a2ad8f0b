package io.sparktron.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.kernels.host.HostDevice;
import io.sparktron.model.GptConfig;
import io.sparktron.model.GptParameters;
import io.sparktron.parallel.Box;
import io.sparktron.parallel.Layout;
import io.sparktron.parallel.ParameterSpec;
import io.sparktron.rank.ThreadRanks;
import io.sparktron.storage.Storage;
import io.sparktron.tensor.DType;
import io.sparktron.tensor.HostMemory;
import io.sparktron.tensor.Queue;
import io.sparktron.tensor.Shape;
import io.sparktron.tensor.Tensor;
import io.sparktron.tokens.InvalidInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * GPT-2 as Hugging Face stores it: other names, and matrices the other way round. Its Conv1D weights are [in, out], ours [out, in]; the parts of its fused
 * {@code c_attn} follow each other as query, key, value, each head by head, which is our [3, A, d].
 */
public final class HuggingFaceGpt2 {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Tensors that hold nothing learned: causal masks, and the output embedding that is tied to the input's. */
    private static final Pattern IGNORED =
            Pattern.compile("(transformer\\.)?(h\\.\\d+\\.attn\\.(masked_)?bias|lm_head\\.weight)");

    private static final String PREFIX = "transformer.";

    private final Path folder;
    private final Path weights;
    private final Configuration hadoop;
    private final Map<String, Safetensors.Entry> entries;

    private HuggingFaceGpt2(Path folder, Configuration hadoop) throws IOException {
        this.folder = folder;
        this.weights = new Path(folder, "model.safetensors");
        this.hadoop = hadoop;
        this.entries = Safetensors.entries(weights, hadoop);
    }

    /** The name of one of our parameters there, without prefix. */
    static String nameOf(String ours) {
        return ours.replace("embedding.word_embeddings", "wte")
                .replace("embedding.position_embeddings", "wpe")
                .replace("layers.", "h.")
                .replace(GptParameters.INPUT_NORM, "ln_1")
                .replace(GptParameters.POST_ATTENTION_NORM, "ln_2")
                .replace(GptParameters.FINAL_NORM, "ln_f")
                .replace(GptParameters.QUERY_KEY_VALUE, "attn.c_attn")
                .replace(GptParameters.DENSE, "attn.c_proj")
                .replace(GptParameters.H_TO_4H, "mlp.c_fc")
                .replace(GptParameters.FOUR_H_TO_H, "mlp.c_proj");
    }

    /**
     * Makes a checkpoint at step 0, weights only, from a folder with {@code config.json} and {@code model.safetensors}.
     *
     * @param runFolder receives the checkpoint; must hold none at step 0
     * @param sequence tokens of the samples that the model will be trained on
     * @throws InvalidInputException if the folder holds no GPT-2 that we can take
     */
    public static void importCheckpoint(
            String folder, String runFolder, int sequence, CheckpointMetadata.Tokenizer tokenizer, Configuration hadoop)
            throws IOException {
        Path path = new Path(folder);
        Path step = CheckpointFolders.of(runFolder, 0);
        if (CheckpointFolders.isComplete(step, hadoop)) {
            throw new InvalidInputException(
                    step + " is a checkpoint already; legal: a run folder without one at step 0");
        }
        try {
            HuggingFaceGpt2 model = new HuggingFaceGpt2(path, hadoop);
            GptConfig config = model.config(sequence);
            if (config.vocabulary() != tokenizer.vocabulary()) {
                throw new InvalidInputException(folder + " has a vocabulary of " + config.vocabulary()
                        + " ids, the tokenizer " + tokenizer.name() + " has " + tokenizer.vocabulary());
            }
            model.save(runFolder, config, tokenizer);
        } catch (FileNotFoundException e) {
            throw new InvalidInputException(
                    folder + " is no Hugging Face model: " + e.getMessage()
                            + "; legal: a folder with config.json and model.safetensors",
                    e);
        }
    }

    private GptConfig config(int sequence) throws IOException {
        JsonNode config = readConfig();
        int hidden = number(config, "n_embd");
        requireSetting(config, "model_type", "gpt2");
        requireSetting(config, "activation_function", "gelu_new");
        requireSetting(config, "layer_norm_epsilon", "1.0E-5");
        // What these change is in no tensor's name or shape; each default is the legal value.
        requireSettingIfGiven(config, "tie_word_embeddings", "true");
        requireSettingIfGiven(config, "scale_attn_weights", "true");
        requireSettingIfGiven(config, "scale_attn_by_inverse_layer_idx", "false");
        requireSettingIfGiven(config, "add_cross_attention", "false");
        requireSettingIfGiven(config, "n_inner", Integer.toString(4 * hidden));
        return new GptConfig(
                number(config, "n_layer"),
                hidden,
                number(config, "n_head"),
                sequence,
                number(config, "n_positions"),
                number(config, "vocab_size"));
    }

    private void save(String runFolder, GptConfig config, CheckpointMetadata.Tokenizer tokenizer) throws IOException {
        CheckpointMetadata metadata = new CheckpointMetadata(
                0, 0, config, tokenizer, 0, "", CheckpointMetadata.AdamProgress.NONE, new Layout(1, 1), List.of());
        List<ParameterSpec> specs = GptParameters.buckets(config, 1, 1).stream()
                .flatMap(List::stream)
                .toList();
        requireNoOthers(specs);
        specs.forEach(this::entry); // before anything is written
        new ThreadRanks(Duration.ofMinutes(1))
                .run(
                        1,
                        context -> {
                            try (HostDevice device = new HostDevice(1);
                                    Weights read = new Weights()) {
                                Queue queue = device.newQueue("import");
                                for (ParameterSpec spec : specs) {
                                    read.add(spec, queue);
                                }
                                CheckpointWriter.save(
                                        runFolder, metadata, read.tensors, context.world(), queue, hadoop, "import");
                            }
                            return 0;
                        },
                        report -> {});
    }

    /** The parameters in host memory, in our orientation. */
    private final class Weights implements AutoCloseable {
        private final List<NamedTensor> tensors = new ArrayList<>();
        private final List<HostMemory> memories = new ArrayList<>();

        void add(ParameterSpec spec, Queue queue) throws IOException {
            Shape shape = spec.global();
            HostMemory memory = HostMemory.allocate(spec.name(), shape.elements() * DType.FLOAT32.bytes());
            memories.add(memory);
            Tensor tensor = new Tensor(memory, 0, DType.FLOAT32, shape);
            queue.write(read(spec), tensor);
            tensors.add(new NamedTensor(spec.name(), shape, Box.whole(shape), tensor, true));
        }

        @Override
        public void close() {
            memories.forEach(HostMemory::close);
        }
    }

    /** One parameter, float32, in our orientation. */
    private ByteBuffer read(ParameterSpec spec) throws IOException {
        Safetensors.Entry entry = entry(spec);
        byte[] bytes = new byte[Math.toIntExact(entry.bytes())];
        try (FSDataInputStream in = Storage.of(weights, hadoop).open(weights)) {
            in.readFully(entry.offset(), bytes);
        }
        ByteBuffer theirs = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (spec.kind() != ParameterSpec.Kind.MATRIX) {
            return theirs;
        }
        int in = Math.toIntExact(entry.shape().extent(0));
        int out = Math.toIntExact(entry.shape().extent(1));
        ByteBuffer ours = ByteBuffer.allocate(bytes.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < out; row++) {
            for (int column = 0; column < in; column++) {
                ours.putInt(theirs.getInt((column * out + row) * Float.BYTES));
            }
        }
        return ours.flip();
    }

    private Safetensors.Entry entry(ParameterSpec spec) {
        String name = nameOf(spec.name());
        Safetensors.Entry entry = entries.getOrDefault(PREFIX + name, entries.get(name));
        if (entry == null) {
            throw new InvalidInputException(
                    weights + " has no tensor " + name + ", with or without " + PREFIX + " before it");
        }
        if (!entry.type().equals("F32") || !entry.shape().equals(shapeOf(spec))) {
            throw new InvalidInputException(
                    weights + ": " + name + " is " + entry.type() + entry.shape() + ", must be F32" + shapeOf(spec));
        }
        return entry;
    }

    /** A parameter's shape there. */
    private static Shape shapeOf(ParameterSpec spec) {
        Shape ours = spec.global();
        boolean fused = spec.name().contains(GptParameters.QUERY_KEY_VALUE);
        return switch (spec.kind()) {
            case MATRIX -> {
                long out = fused ? ours.extent(0) * ours.extent(1) * ours.extent(2) : ours.extent(0);
                yield Shape.of(ours.elements() / out, out);
            }
            case BIAS -> Shape.of(ours.elements());
            case EMBEDDING, LAYER_NORM -> ours;
        };
    }

    private void requireNoOthers(List<ParameterSpec> specs) {
        Set<String> unknown = new TreeSet<>(entries.keySet());
        specs.forEach(spec -> {
            unknown.remove(nameOf(spec.name()));
            unknown.remove(PREFIX + nameOf(spec.name()));
        });
        unknown.removeIf(name -> IGNORED.matcher(name).matches());
        if (!unknown.isEmpty()) {
            throw new InvalidInputException(weights + " has tensors that GPT-2 has not: " + unknown);
        }
    }

    private JsonNode readConfig() throws IOException {
        Path file = new Path(folder, "config.json");
        try {
            return JSON.readTree(Storage.read(file, hadoop));
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private void requireSettingIfGiven(JsonNode config, String key, String legal) {
        if (config.hasNonNull(key)) {
            requireSetting(config, key, legal);
        }
    }

    private void requireSetting(JsonNode config, String key, String legal) {
        JsonNode value = config.path(key);
        boolean equal = value.isNumber()
                ? value.asDouble() == Double.parseDouble(legal)
                : value.asText().equals(legal);
        if (!equal) {
            throw new InvalidInputException(
                    new Path(folder, "config.json") + ": " + key + " is " + value + ", must be " + legal);
        }
    }

    private int number(JsonNode config, String key) {
        JsonNode value = config.path(key);
        if (!value.isInt()) {
            throw new InvalidInputException(
                    new Path(folder, "config.json") + ": " + key + " is " + value + ", must be a number");
        }
        return value.asInt();
    }
}
