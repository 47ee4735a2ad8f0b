package io.sparktron.convert;

import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelParameters;
import io.sparktron.parallel.ParameterSpec;
import io.sparktron.tensor.Shape;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One of our parameters, or a part of one, as Hugging Face has it. GPT-2's Conv1D weights are [in, out], ours [out, in]; the parts of its fused {@code c_attn} follow each
 * other as query, key, value, each head by head, which is our [3, A, d]. BERT has those three apart, and everything in our orientation.
 *
 * @param spec ours
 * @param name theirs, without {@link #PREFIX}
 * @param shape theirs
 * @param transposed whether ours is theirs the other way round
 * @param offset of the part in ours, elements
 */
record HuggingFaceTensor(ParameterSpec spec, String name, Shape shape, boolean transposed, long offset) {
    /** What stands before every name of GPT-2's but that of the output embedding where a head is part of the model. */
    static final String PREFIX = "transformer.";

    private static final List<String> QUERY_KEY_VALUE = List.of("query", "key", "value");

    /**
     * All of them, of a model some of whose ids only pad its vocabulary: ours has none of those.
     *
     * @param padded theirs
     */
    static List<List<HuggingFaceTensor>> all(ModelConfig config, ModelConfig padded) {
        List<List<HuggingFaceTensor>> ours = all(config);
        List<List<HuggingFaceTensor>> theirs = all(padded);
        return IntStream.range(0, ours.size())
                .mapToObj(group -> IntStream.range(0, ours.get(group).size())
                        .mapToObj(i -> ours.get(group)
                                .get(i)
                                .stored(theirs.get(group).get(i).shape()))
                        .toList())
                .toList();
    }

    private HuggingFaceTensor stored(Shape other) {
        return new HuggingFaceTensor(spec, name, other, transposed, offset);
    }

    /** Elements of it that are read: all but rows of padding at its end. */
    long used() {
        return Math.min(shape.elements(), spec.global().elements() - offset);
    }

    /** All of them, in groups that fit in memory together: embeddings, each layer, what follows. */
    static List<List<HuggingFaceTensor>> all(ModelConfig config) {
        boolean bert = config.family() == ModelConfig.Family.BERT;
        return ModelParameters.buckets(config, 1, 1).stream()
                .map(bucket -> bucket.stream()
                        .flatMap(spec -> bert ? bert(spec) : Stream.of(gpt2(spec)))
                        .toList())
                .toList();
    }

    private static boolean isFused(ParameterSpec spec) {
        return spec.name().contains(ModelParameters.QUERY_KEY_VALUE);
    }

    private static HuggingFaceTensor gpt2(ParameterSpec spec) {
        String name = spec.name()
                .replace("embedding.word_embeddings", "wte")
                .replace("embedding.position_embeddings", "wpe")
                .replace("layers.", "h.")
                .replace(ModelParameters.INPUT_NORM, "ln_1")
                .replace(ModelParameters.POST_ATTENTION_NORM, "ln_2")
                .replace(ModelParameters.FINAL_NORM, "ln_f")
                .replace(ModelParameters.QUERY_KEY_VALUE, "attn.c_attn")
                .replace(ModelParameters.DENSE, "attn.c_proj")
                .replace(ModelParameters.H_TO_4H, "mlp.c_fc")
                .replace(ModelParameters.FOUR_H_TO_H, "mlp.c_proj");
        Shape ours = spec.global();
        Shape theirs = switch (spec.kind()) {
            case MATRIX -> Shape.of(ours.elements() / outputs(spec), outputs(spec));
            case BIAS -> Shape.of(ours.elements());
            case EMBEDDING, LAYER_NORM -> ours;
        };
        return new HuggingFaceTensor(spec, name, theirs, spec.kind() == ParameterSpec.Kind.MATRIX, 0);
    }

    private static Stream<HuggingFaceTensor> bert(ParameterSpec spec) {
        String name = spec.name()
                .replace("embedding.word_embeddings", "bert.embeddings.word_embeddings")
                .replace("embedding.position_embeddings", "bert.embeddings.position_embeddings")
                .replace("embedding.tokentype_embeddings", "bert.embeddings.token_type_embeddings")
                .replace("layers.", "bert.encoder.layer.")
                .replace(ModelParameters.INPUT_NORM, "attention.ln")
                .replace(ModelParameters.DENSE, "attention.output.dense")
                .replace(ModelParameters.POST_ATTENTION_NORM, "ln")
                .replace(ModelParameters.H_TO_4H, "intermediate.dense")
                .replace(ModelParameters.FOUR_H_TO_H, "output.dense")
                .replace(ModelParameters.FINAL_NORM, "bert.encoder.ln")
                .replace(ModelParameters.MASKED_HEAD, "cls.predictions.transform.dense")
                .replace(ModelParameters.MASKED_HEAD_NORM, "cls.predictions.transform.LayerNorm")
                .replace(ModelParameters.MASKED_HEAD_BIAS, "cls.predictions.bias")
                .replace(ModelParameters.POOLER, "bert.pooler.dense")
                .replace(ModelParameters.ORDER_HEAD, "cls.seq_relationship");
        Shape ours = spec.global();
        long parts = isFused(spec) ? QUERY_KEY_VALUE.size() : 1;
        long elements = ours.elements() / parts;
        long out = outputs(spec) / parts;
        Shape theirs = spec.kind() == ParameterSpec.Kind.MATRIX ? Shape.of(out, elements / out) : Shape.of(elements);
        if (spec.kind() == ParameterSpec.Kind.EMBEDDING) {
            theirs = ours;
        }
        if (!isFused(spec)) {
            return Stream.of(new HuggingFaceTensor(spec, name, theirs, false, 0));
        }
        Shape part = theirs;
        return QUERY_KEY_VALUE.stream()
                .map(which -> new HuggingFaceTensor(
                        spec,
                        name.replace(ModelParameters.QUERY_KEY_VALUE, "attention.self." + which),
                        part,
                        false,
                        QUERY_KEY_VALUE.indexOf(which) * elements));
    }

    /** Rows of ours as a matrix. */
    private static long outputs(ParameterSpec spec) {
        Shape ours = spec.global();
        return isFused(spec) ? ours.extent(0) * ours.extent(1) * ours.extent(2) : ours.extent(0);
    }
}
