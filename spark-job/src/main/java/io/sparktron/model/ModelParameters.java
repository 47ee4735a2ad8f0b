package io.sparktron.model;

import io.sparktron.model.ModelConfig.Family;
import io.sparktron.parallel.ParameterSpec;
import io.sparktron.parallel.ParameterSpec.Initial;
import io.sparktron.parallel.ParameterSpec.Kind;
import io.sparktron.parallel.Placement;
import io.sparktron.parallel.Placement.Replicated;
import io.sparktron.parallel.Placement.Split;
import io.sparktron.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameters of a model: their names (Megatron-LM's), logical shapes, how a tensor group of t ranks splits them, and how a new run draws them: weights from
 * N(0, 0.02), the two projections of a layer that feed the residual from N(0, 0.02 / sqrt(2 layers)) (Radford et al. 2019, section 2.3),
 * biases 0, layer norms 1 and 0. BERT has embeddings of the segments and two heads more than GPT; its layers are the same.
 */
public final class ModelParameters {
    public static final String WORD_EMBEDDINGS = "embedding.word_embeddings.weight";
    public static final String POSITION_EMBEDDINGS = "embedding.position_embeddings.weight";
    public static final String FINAL_NORM = "final_layernorm";
    public static final String INPUT_NORM = "input_layernorm";
    public static final String QUERY_KEY_VALUE = "attention.query_key_value";
    public static final String DENSE = "attention.dense";
    public static final String POST_ATTENTION_NORM = "post_attention_layernorm";
    public static final String H_TO_4H = "mlp.dense_h_to_4h";
    public static final String FOUR_H_TO_H = "mlp.dense_4h_to_h";

    public static final String TOKEN_TYPE_EMBEDDINGS = "embedding.tokentype_embeddings.weight";
    public static final String MASKED_HEAD = "lm_head.dense";
    public static final String MASKED_HEAD_NORM = "lm_head.layernorm";
    public static final String MASKED_HEAD_BIAS = "lm_head.bias";
    public static final String POOLER = "pooler.dense";
    public static final String ORDER_HEAD = "binary_head";

    /** Segments of a sample of BERT, and classes of their order. */
    public static final int SEGMENTS = 2;

    private static final double DEVIATION = 0.02;

    private final ModelConfig config;
    private final int tensor; // t
    private final int alignment;

    private ModelParameters(ModelConfig config, int tensor, int alignment) {
        this.config = config;
        this.tensor = tensor;
        this.alignment = alignment;
    }

    /** Name of {@code part} of layer {@code layer}, such as {@code layers.0.mlp.dense_h_to_4h}. */
    public static String layer(int layer, String part) {
        return "layers." + layer + "." + part;
    }

    /** Index of the bucket of a layer in {@link #buckets}; the embeddings are bucket 0, the final norm and what follows it the last. */
    public static int bucketOfLayer(int layer) {
        return layer + 1;
    }

    /**
     * All parameters, in the order of the forward pass: a bucket for the embeddings, one for each layer, one for the final norm and the heads.
     *
     * @param tensor ranks of a tensor group
     * @param alignment of a rank's share of the vocabulary, rows
     */
    public static List<List<ParameterSpec>> buckets(ModelConfig config, int tensor, int alignment) {
        ModelParameters parameters = new ModelParameters(config, tensor, alignment);
        List<List<ParameterSpec>> buckets = new ArrayList<>();
        buckets.add(parameters.embeddings());
        for (int layer = 0; layer < config.layers(); layer++) {
            buckets.add(parameters.layer(layer));
        }
        buckets.add(parameters.end());
        return buckets;
    }

    private List<ParameterSpec> embeddings() {
        Shape word = Shape.of(config.vocabulary(), config.hidden()); // [V, h]
        Shape position = Shape.of(config.positions(), config.hidden()); // [p, h]
        Initial normal = Initial.normal(DEVIATION);
        List<ParameterSpec> specs = new ArrayList<>();
        specs.add(new ParameterSpec(
                WORD_EMBEDDINGS, word, Split.padded(word, tensor, alignment), Kind.EMBEDDING, normal));
        specs.add(new ParameterSpec(POSITION_EMBEDDINGS, position, new Replicated(), Kind.EMBEDDING, normal));
        if (config.family() == Family.BERT) {
            Shape types = Shape.of(SEGMENTS, config.hidden()); // [2, h]
            specs.add(new ParameterSpec(TOKEN_TYPE_EMBEDDINGS, types, new Replicated(), Kind.EMBEDDING, normal));
        }
        return specs;
    }

    /** What follows the last layer. */
    private List<ParameterSpec> end() {
        List<ParameterSpec> specs = new ArrayList<>(norm(FINAL_NORM));
        if (config.family() == Family.BERT) {
            long h = config.hidden();
            Initial normal = Initial.normal(DEVIATION);
            Shape bias = Shape.of(config.vocabulary()); // [V]
            whole(MASKED_HEAD, h, h, normal).stream() // but of a rank's own rows
                    .map(ParameterSpec::summedOverRows)
                    .forEach(specs::add);
            specs.addAll(norm(MASKED_HEAD_NORM));
            specs.add(new ParameterSpec(
                    MASKED_HEAD_BIAS, bias, Split.padded(bias, tensor, alignment), Kind.BIAS, Initial.ZERO));
            specs.addAll(whole(POOLER, h, h, normal));
            specs.addAll(whole(ORDER_HEAD, SEGMENTS, h, normal));
        }
        return specs;
    }

    /** A linear layer that every rank computes as a whole, from whole inputs. */
    private static List<ParameterSpec> whole(String name, long outputs, long inputs, Initial initial) {
        return List.of(
                new ParameterSpec(name + ".weight", Shape.of(outputs, inputs), new Replicated(), Kind.MATRIX, initial),
                new ParameterSpec(name + ".bias", Shape.of(outputs), new Replicated(), Kind.BIAS, Initial.ZERO));
    }

    private List<ParameterSpec> layer(int layer) {
        long h = config.hidden();
        long heads = config.heads(); // A
        long size = config.headSize(); // d
        long mlp = config.mlp(); // F
        Initial normal = Initial.normal(DEVIATION);
        Initial residual = Initial.normal(DEVIATION / Math.sqrt(2.0 * config.layers()));
        List<ParameterSpec> specs = new ArrayList<>();
        specs.addAll(norm(layer(layer, INPUT_NORM)));
        specs.addAll(linear(
                layer(layer, QUERY_KEY_VALUE), Shape.of(3, heads, size, h), 1, Shape.of(3, heads, size), 1, normal));
        specs.addAll(linear(layer(layer, DENSE), Shape.of(h, heads, size), 1, Shape.of(h), -1, residual));
        specs.addAll(norm(layer(layer, POST_ATTENTION_NORM)));
        specs.addAll(linear(layer(layer, H_TO_4H), Shape.of(mlp, h), 0, Shape.of(mlp), 0, normal));
        specs.addAll(linear(layer(layer, FOUR_H_TO_H), Shape.of(h, mlp), 1, Shape.of(h), -1, residual));
        return specs;
    }

    private List<ParameterSpec> linear(
            String name, Shape weight, int weightSplit, Shape bias, int biasSplit, Initial initial) {
        ParameterSpec added = new ParameterSpec(name + ".bias", bias, split(bias, biasSplit), Kind.BIAS, Initial.ZERO);
        return List.of(
                new ParameterSpec(name + ".weight", weight, split(weight, weightSplit), Kind.MATRIX, initial),
                biasSplit < 0 ? added.summedOverRows() : added);
    }

    private List<ParameterSpec> norm(String name) {
        Shape shape = Shape.of(config.hidden()); // [h]
        return List.of(
                new ParameterSpec(name + ".weight", shape, new Replicated(), Kind.LAYER_NORM, Initial.ONE)
                        .summedOverRows(),
                new ParameterSpec(name + ".bias", shape, new Replicated(), Kind.LAYER_NORM, Initial.ZERO)
                        .summedOverRows());
    }

    private Placement split(Shape shape, int dimension) {
        return dimension < 0 ? new Replicated() : Split.even(shape, dimension, tensor);
    }
}
