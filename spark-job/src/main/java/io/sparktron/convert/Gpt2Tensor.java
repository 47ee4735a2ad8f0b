package io.sparktron.convert;

import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelParameters;
import io.sparktron.parallel.ParameterSpec;
import io.sparktron.tensor.Shape;
import java.util.List;

/**
 * One of our parameters as Hugging Face's GPT-2 has it: another name, and matrices the other way round. Its Conv1D weights are [in, out], ours [out, in]; the
 * parts of its fused {@code c_attn} follow each other as query, key, value, each head by head, which is our [3, A, d].
 *
 * @param spec ours
 * @param name theirs, without {@link #PREFIX}
 * @param shape theirs
 */
record Gpt2Tensor(ParameterSpec spec, String name, Shape shape) {
    /** What stands before every name but that of the output embedding where a head is part of the model. */
    static final String PREFIX = "transformer.";

    static final String WORD_EMBEDDINGS = "wte.weight";

    /** All of them, in groups that fit in memory together: embeddings, each layer, the final norm. */
    static List<List<Gpt2Tensor>> all(ModelConfig config) {
        return ModelParameters.buckets(config, 1, 1).stream()
                .map(bucket -> bucket.stream().map(Gpt2Tensor::of).toList())
                .toList();
    }

    /** Whether ours is theirs transposed. */
    boolean transposed() {
        return spec.kind() == ParameterSpec.Kind.MATRIX;
    }

    private static Gpt2Tensor of(ParameterSpec spec) {
        return new Gpt2Tensor(spec, nameOf(spec.name()), shapeOf(spec));
    }

    private static String nameOf(String ours) {
        return ours.replace("embedding.word_embeddings", "wte")
                .replace("embedding.position_embeddings", "wpe")
                .replace("layers.", "h.")
                .replace(ModelParameters.INPUT_NORM, "ln_1")
                .replace(ModelParameters.POST_ATTENTION_NORM, "ln_2")
                .replace(ModelParameters.FINAL_NORM, "ln_f")
                .replace(ModelParameters.QUERY_KEY_VALUE, "attn.c_attn")
                .replace(ModelParameters.DENSE, "attn.c_proj")
                .replace(ModelParameters.H_TO_4H, "mlp.c_fc")
                .replace(ModelParameters.FOUR_H_TO_H, "mlp.c_proj");
    }

    private static Shape shapeOf(ParameterSpec spec) {
        Shape ours = spec.global();
        boolean fused = spec.name().contains(ModelParameters.QUERY_KEY_VALUE);
        return switch (spec.kind()) {
            case MATRIX -> {
                long out = fused ? ours.extent(0) * ours.extent(1) * ours.extent(2) : ours.extent(0);
                yield Shape.of(ours.elements() / out, out);
            }
            case BIAS -> Shape.of(ours.elements());
            case EMBEDDING, LAYER_NORM -> ours;
        };
    }
}
