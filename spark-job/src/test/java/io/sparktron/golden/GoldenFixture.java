package io.sparktron.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Box;
import io.sparktron.tensor.Shape;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** What PyTorch computed for a small GPT-2 (see golden/make_golden.py and golden/make_imported.py), under our names and in our orientation. */
public final class GoldenFixture {
    private final GoldenArrays arrays;

    /**
     * @param folder such as {@code gpt2}, {@code even/gpt2} or {@code prime/gpt2}
     */
    public GoldenFixture(String folder) {
        this.arrays = new GoldenArrays(folder);
        for (String file : weightFiles()) {
            arrays.read("model.", file);
        }
        arrays.read("", "inputs.safetensors");
        arrays.read("", "expected.safetensors");
        arrays.read("final.", "final.safetensors");
    }

    /** Its folder of files, which must not be written to. */
    public static Path path(String folder) {
        try {
            return Path.of(GoldenFixture.class.getResource("/golden/" + folder).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public ModelConfig config() {
        JsonNode config = arrays.json("config.json");
        int sequence = ids("tokens").remaining() / samples() - 1;
        return ModelConfig.gpt(
                config.get("n_layer").asInt(),
                config.get("n_embd").asInt(),
                config.get("n_head").asInt(),
                sequence,
                config.get("n_positions").asInt(),
                config.get("vocab_size").asInt());
    }

    /** Samples of a global batch. */
    public int samples() {
        return 3;
    }

    public JsonNode trace() {
        return arrays.json("trace.json");
    }

    public float loss() {
        return arrays.get("loss").getFloat(0);
    }

    /** [b, s, V]. */
    public float logit(int index) {
        return arrays.get("logits").getFloat(index * Float.BYTES);
    }

    /** Samples {@code first ...} of the batch for logits and gradients, INT32 [count, s + 1]. */
    public ByteBuffer tokens(int first, int count) {
        return samples("tokens", first, count);
    }

    /** Samples {@code first ...} of the trace: 20 batches of 3, INT32 [count, s + 1]. */
    public ByteBuffer traceTokens(int first, int count) {
        return samples("trace_tokens", first, count);
    }

    /**
     * The box of a logical tensor, row-major.
     *
     * @param kind {@code model.}, {@code grad.} or {@code final.}
     */
    public float[] box(String kind, String name, Shape global, Box box) {
        String prefix = kind.equals("model.") && arrays.has("model.wte.weight") ? "model." : kind + "transformer.";
        ByteBuffer values = arrays.get(prefix + huggingFace(name));
        boolean transposed = name.endsWith(".weight") && name.contains("layers.") && !name.contains("layernorm");
        long out = outputs(name, global);
        long in = global.elements() / out;
        float[] part = new float[(int) box.shape().elements()];
        long[] index = box.start().clone();
        for (int i = 0; i < part.length; i++) {
            long flat = GoldenArrays.flat(global, index);
            long source = transposed ? flat % in * out + flat / in : flat;
            part[i] = values.getFloat((int) source * Float.BYTES);
            GoldenArrays.advance(index, box);
        }
        return part;
    }

    private static long outputs(String name, Shape global) {
        return name.contains("query_key_value")
                ? global.elements() / global.extent(global.rank() - 1)
                : global.extent(0);
    }

    private static String huggingFace(String name) {
        return name.replace("embedding.word_embeddings", "wte")
                .replace("embedding.position_embeddings", "wpe")
                .replace("layers.", "h.")
                .replace("input_layernorm", "ln_1")
                .replace("post_attention_layernorm", "ln_2")
                .replace("final_layernorm", "ln_f")
                .replace("attention.query_key_value", "attn.c_attn")
                .replace("attention.dense", "attn.c_proj")
                .replace("mlp.dense_h_to_4h", "mlp.c_fc")
                .replace("mlp.dense_4h_to_h", "mlp.c_proj");
    }

    private ByteBuffer samples(String name, int first, int count) {
        LongBuffer ids = ids(name);
        int row = config().sequence() + 1;
        ByteBuffer samples = ByteBuffer.allocate(count * row * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count * row; i++) {
            samples.putInt(i * Integer.BYTES, (int) ids.get(first * row + i));
        }
        return samples;
    }

    private LongBuffer ids(String name) {
        return arrays.get(name).asLongBuffer();
    }

    /** The model's own files: one, or those that its index names. */
    private Set<String> weightFiles() {
        String index = "model.safetensors.index.json";
        Set<String> files = new TreeSet<>();
        if (!arrays.hasFile(index)) {
            files.add("model.safetensors");
        } else {
            arrays.json(index).get("weight_map").forEach(file -> files.add(file.asText()));
        }
        return files;
    }
}
