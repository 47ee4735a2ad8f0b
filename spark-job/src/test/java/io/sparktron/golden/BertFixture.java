package io.sparktron.golden;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparktron.model.ModelConfig;
import io.sparktron.parallel.Box;
import io.sparktron.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Map;

/** What PyTorch computed for a small MegatronBert (see golden/make_golden.py), under our names. */
public final class BertFixture {
    /** Ours to theirs, the longer first. */
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("embedding.word_embeddings", "bert.embeddings.word_embeddings"),
            Map.entry("embedding.position_embeddings", "bert.embeddings.position_embeddings"),
            Map.entry("embedding.tokentype_embeddings", "bert.embeddings.token_type_embeddings"),
            Map.entry("input_layernorm", "attention.ln"),
            Map.entry("attention.dense", "attention.output.dense"),
            Map.entry("post_attention_layernorm", "ln"),
            Map.entry("mlp.dense_h_to_4h", "intermediate.dense"),
            Map.entry("mlp.dense_4h_to_h", "output.dense"),
            Map.entry("final_layernorm", "bert.encoder.ln"),
            Map.entry("lm_head.dense", "cls.predictions.transform.dense"),
            Map.entry("lm_head.layernorm", "cls.predictions.transform.LayerNorm"),
            Map.entry("lm_head", "cls.predictions"),
            Map.entry("pooler.dense", "bert.pooler.dense"),
            Map.entry("binary_head", "cls.seq_relationship"));

    private static final String[] PARTS = {"query", "key", "value"};

    private final GoldenArrays arrays;

    /**
     * @param folder {@code bert} or {@code even/bert}
     */
    public BertFixture(String folder) {
        this.arrays = new GoldenArrays(folder);
        arrays.read("model.", "model.safetensors");
        arrays.read("", "inputs.safetensors");
        arrays.read("", "expected.safetensors");
    }

    public ModelConfig config() {
        JsonNode config = arrays.json("config.json");
        return new ModelConfig(
                ModelConfig.Family.BERT,
                config.get("num_hidden_layers").asInt(),
                config.get("hidden_size").asInt(),
                config.get("num_attention_heads").asInt(),
                ids("input_ids").remaining() / samples(),
                config.get("max_position_embeddings").asInt(),
                config.get("vocab_size").asInt());
    }

    /** Samples of the global batch. */
    public int samples() {
        return 3;
    }

    public float maskedLoss() {
        return arrays.get("mlm_loss").getFloat(0);
    }

    public float orderLoss() {
        return arrays.get("order_loss").getFloat(0);
    }

    /** [b, s, V]. */
    public float maskedLogit(int index) {
        return arrays.get("mlm_logits").getFloat(index * Float.BYTES);
    }

    /** [b, 2]. */
    public float orderScore(int index) {
        return arrays.get("order_logits").getFloat(index * Float.BYTES);
    }

    /**
     * Samples {@code first ...} of an input, as INT32.
     *
     * @param name such as {@code input_ids}
     */
    public ByteBuffer input(String name, int first, int count) {
        LongBuffer all = ids(name);
        int row = all.remaining() / samples();
        ByteBuffer part = ByteBuffer.allocate(count * row * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count * row; i++) {
            part.putInt((int) all.get(first * row + i));
        }
        return part.flip();
    }

    /** Keys of each of these samples that attention may see, INT32 [count]. */
    public ByteBuffer lengths(int first, int count) {
        ByteBuffer mask = input("attention_mask", first, count);
        int row = mask.remaining() / Integer.BYTES / count;
        ByteBuffer lengths = ByteBuffer.allocate(count * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            int length = 0;
            for (int j = 0; j < row; j++) {
                length += mask.getInt();
            }
            lengths.putInt(length);
        }
        return lengths.flip();
    }

    /** Labels of these samples that are predicted. */
    public long targets(int first, int count) {
        ByteBuffer labels = input("labels", first, count);
        long targets = 0;
        while (labels.hasRemaining()) {
            targets += labels.getInt() >= 0 ? 1 : 0;
        }
        return targets;
    }

    /**
     * The box of a logical tensor, row-major.
     *
     * @param kind {@code model.} or {@code grad.}
     */
    public float[] box(String kind, String name, Shape global, Box box) {
        float[] whole = new float[(int) global.elements()];
        if (name.contains("query_key_value")) {
            int each = whole.length / PARTS.length;
            for (int part = 0; part < PARTS.length; part++) {
                String theirs = name.replace("attention.query_key_value", "attention.self." + PARTS[part]);
                arrays.floats(kind + inLayer(theirs), whole, part * each, each);
            }
        } else {
            arrays.floats(kind + theirs(name), whole, 0, whole.length);
        }
        return GoldenArrays.box(whole, global, box);
    }

    private static String theirs(String ours) {
        String name = ours;
        String longest = NAMES.keySet().stream()
                .filter(part -> ours.contains(part + "."))
                .reduce((a, b) -> a.length() > b.length() ? a : b)
                .orElseThrow();
        return inLayer(name.replace(longest, NAMES.get(longest)));
    }

    private static String inLayer(String name) {
        return name.startsWith("layers.") ? name.replace("layers.", "bert.encoder.layer.") : name;
    }

    private LongBuffer ids(String name) {
        return arrays.get(name).asLongBuffer();
    }
}
