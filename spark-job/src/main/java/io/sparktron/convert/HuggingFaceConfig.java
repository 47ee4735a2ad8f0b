package io.sparktron.convert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparktron.model.ModelConfig;
import io.sparktron.model.ModelConfig.Family;
import io.sparktron.model.ModelParameters;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The {@code config.json} of a folder of GPT-2 or MegatronBert: the model's shape, and settings that would make it another model. An absent setting has the value that
 * transformers gives it, which must be the legal one.
 *
 * @param model of as many tokens a sample as it has positions; its vocabulary may be padded
 * @param endOfText its {@code eos_token_id}, if it names one
 */
record HuggingFaceConfig(ModelConfig model, Optional<Long> endOfText) {
    static final String FILE = "config.json";

    /** The tanh approximation of GELU under all its names there. */
    private static final List<String> GELU_TANH =
            List.of("gelu_new", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_fast", "gelu_accurate");

    private static final ObjectMapper JSON = new ObjectMapper();

    static HuggingFaceConfig read(Path folder, Configuration hadoop) throws IOException {
        Path file = new Path(folder, FILE);
        JsonNode root;
        try {
            root = JSON.readTree(Storage.read(file, hadoop));
        } catch (JsonProcessingException e) {
            throw new InvalidInputException(file + " is not JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isObject()) {
            throw new InvalidInputException(file + " holds no JSON object");
        }
        return new Reader(file, root).config();
    }

    /** As people call it. */
    String kind() {
        return model.family() == Family.BERT ? "MegatronBert" : "GPT-2";
    }

    private record Reader(Path file, JsonNode root) {
        HuggingFaceConfig config() {
            String type = root.path("model_type").asText();
            require("model_type", type.equals("gpt2") || type.equals("megatron-bert"), "\"gpt2\" or \"megatron-bert\"");
            return type.equals("gpt2") ? gpt2() : megatronBert();
        }

        /** Its layers are those of the paper (section 5.3); its own defaults are another GELU and another epsilon. */
        private HuggingFaceConfig megatronBert() {
            int hidden = number("hidden_size");
            require("hidden_act", GELU_TANH.contains(root.path("hidden_act").asText()), "one of " + GELU_TANH);
            require(
                    "layer_norm_eps",
                    root.path("layer_norm_eps").floatValue() == ModelConfig.EPSILON,
                    Float.toString(ModelConfig.EPSILON));
            require("intermediate_size", root.path("intermediate_size").asLong() == 4L * hidden, "4 x hidden_size");
            requireIfGiven(
                    "type_vocab_size",
                    root.path("type_vocab_size").asInt() == ModelParameters.SEGMENTS,
                    String.valueOf(ModelParameters.SEGMENTS));
            requireIfGiven(
                    "position_embedding_type",
                    root.path("position_embedding_type").asText().equals("absolute"),
                    "\"absolute\"");
            requireFlag("tie_word_embeddings", true);
            requireFlag("is_decoder", false);
            requireFlag("add_cross_attention", false);
            requireIfGiven("pruned_heads", root.path("pruned_heads").isEmpty(), "empty");
            requireIfGiven("quantization_config", false, "absent");
            int heads = number("num_attention_heads");
            require("num_attention_heads", hidden % heads == 0, "a divisor of hidden_size = " + hidden);
            int positions = number("max_position_embeddings");
            JsonNode end = root.path("eos_token_id");
            return new HuggingFaceConfig(
                    model(Family.BERT, number("num_hidden_layers"), hidden, heads, positions, number("vocab_size")),
                    end.isNumber() ? Optional.of(end.longValue()) : Optional.empty());
        }

        private HuggingFaceConfig gpt2() {
            int hidden = number("n_embd");
            requireIfGiven(
                    "activation_function",
                    GELU_TANH.contains(root.path("activation_function").asText()),
                    "one of " + GELU_TANH);
            requireIfGiven(
                    "layer_norm_epsilon",
                    root.path("layer_norm_epsilon").floatValue() == ModelConfig.EPSILON,
                    Float.toString(ModelConfig.EPSILON));
            requireIfGiven("n_inner", root.path("n_inner").asLong() == 4L * hidden, "null or 4 x n_embd");
            requireFlag("tie_word_embeddings", true);
            requireFlag("scale_attn_weights", true);
            requireFlag("scale_attn_by_inverse_layer_idx", false);
            requireFlag("reorder_and_upcast_attn", false);
            requireFlag("add_cross_attention", false);
            requireIfGiven("pruned_heads", root.path("pruned_heads").isEmpty(), "empty");
            requireIfGiven("quantization_config", false, "absent");
            int positions = number("n_positions");
            JsonNode end = root.path("eos_token_id");
            requireIfGiven("eos_token_id", end.canConvertToLong() && end.isIntegralNumber(), "a token id");
            int heads = number("n_head");
            require("n_head", hidden % heads == 0, "a divisor of n_embd = " + hidden);
            return new HuggingFaceConfig(
                    model(Family.GPT, number("n_layer"), hidden, heads, positions, number("vocab_size")),
                    end.isNumber() ? Optional.of(end.longValue()) : Optional.empty());
        }

        private ModelConfig model(Family family, int layers, int hidden, int heads, int positions, int vocabulary) {
            try {
                return new ModelConfig(family, layers, hidden, heads, positions, positions, vocabulary);
            } catch (InvalidInputException e) {
                throw new InvalidInputException(file + ": " + e.getMessage(), e);
            }
        }

        private int number(String key) {
            JsonNode value = root.path(key);
            require(key, value.isInt() && value.intValue() > 0, "a whole number of at least 1");
            return value.intValue();
        }

        private void requireFlag(String key, boolean legal) {
            JsonNode value = root.path(key);
            requireIfGiven(key, value.isBoolean() && value.booleanValue() == legal, Boolean.toString(legal));
        }

        private void requireIfGiven(String key, boolean isLegal, String legal) {
            require(key, isLegal || !root.hasNonNull(key), legal);
        }

        private void require(String key, boolean isLegal, String legal) {
            if (!isLegal) {
                String value = root.has(key) ? root.get(key).toString() : "absent";
                throw new InvalidInputException(file + ": " + key + " is " + value + "; legal: " + legal);
            }
        }
    }
}
