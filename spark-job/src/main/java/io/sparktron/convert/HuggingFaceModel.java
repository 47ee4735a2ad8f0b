package io.sparktron.convert;

import io.sparktron.model.ModelConfig;
import io.sparktron.storage.Storage;
import io.sparktron.tokens.InvalidInputException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * A Hugging Face folder that holds a GPT-2 which we can be: every tensor is there with its shape, and no other.
 *
 * @param parameters in groups that fit in memory together
 * @param outputEmbedding stored beside the input embedding, to which it must be equal; or null
 * @param ignored names of tensors without anything learned: causal masks and the output embedding
 */
public record HuggingFaceModel(
        Path folder,
        HuggingFaceConfig config,
        List<List<Weight>> parameters,
        StoredTensor outputEmbedding,
        List<String> ignored) {
    private static final Pattern MASK = Pattern.compile("h\\.\\d+\\.attn\\.(masked_)?bias");
    private static final Pattern OF_LAYER = Pattern.compile("h\\.(\\d+)\\..*");
    private static final String OUTPUT_EMBEDDING = "lm_head.weight";

    /** A parameter and where it is. */
    record Weight(Gpt2Tensor parameter, StoredTensor stored) {}

    /** Whether a folder is meant to be one: it has a {@code config.json}. */
    public static boolean isOne(Path folder, Configuration hadoop) throws IOException {
        return Storage.exists(new Path(folder, HuggingFaceConfig.FILE), hadoop);
    }

    /**
     * Reads {@code config.json} and the headers of the weights, not the weights.
     *
     * @throws InvalidInputException if the folder holds no GPT-2, or one that we cannot be
     */
    public static HuggingFaceModel open(Path folder, Configuration hadoop) throws IOException {
        try {
            HuggingFaceConfig config = HuggingFaceConfig.read(folder, hadoop);
            Map<String, StoredTensor> left = new TreeMap<>(HuggingFaceWeights.of(folder, hadoop));
            List<String> ignored = left.keySet().stream()
                    .filter(name -> MASK.matcher(name).matches() || name.equals(OUTPUT_EMBEDDING))
                    .toList();
            StoredTensor outputEmbedding = left.get(OUTPUT_EMBEDDING);
            left.keySet().removeAll(ignored);
            requireLayers(folder, config.model(), left.keySet());
            List<List<Weight>> parameters = new ArrayList<>();
            for (List<Gpt2Tensor> group : Gpt2Tensor.all(config.model())) {
                parameters.add(
                        group.stream().map(tensor -> take(folder, tensor, left)).toList());
            }
            if (!left.isEmpty()) {
                throw new InvalidInputException(folder + " has tensors that GPT-2 has not: " + some(left.keySet()));
            }
            if (outputEmbedding != null) {
                Weight input = parameters.get(0).get(0);
                requireDescribed(
                        outputEmbedding, input.parameter, input.stored.entry().type());
            }
            return new HuggingFaceModel(folder, config, parameters, outputEmbedding, ignored);
        } catch (FileNotFoundException e) {
            throw new InvalidInputException(folder + " is no Hugging Face folder: " + e.getMessage(), e);
        }
    }

    public ModelConfig model() {
        return config.model();
    }

    /** Where the input embedding is. */
    StoredTensor inputEmbedding() {
        return parameters.get(0).get(0).stored();
    }

    /** Types of the weights, such as {@code [F16, F32]}. */
    public Set<String> types() {
        Set<String> types = new TreeSet<>();
        parameters.forEach(
                group -> group.forEach(weight -> types.add(weight.stored.entry().type())));
        return types;
    }

    /** Before a list of all parameters is made: a number of layers that the files do not have may be any. */
    private static void requireLayers(Path folder, ModelConfig config, Set<String> names) {
        Set<String> layers = new TreeSet<>();
        for (String name : names) {
            Matcher matcher = OF_LAYER.matcher(name);
            if (matcher.matches()) {
                layers.add(matcher.group(1));
            }
        }
        if (layers.size() != config.layers()) {
            throw new InvalidInputException(new Path(folder, HuggingFaceConfig.FILE) + ": n_layer is " + config.layers()
                    + "; legal: " + layers.size() + ", as there are tensors of so many layers");
        }
    }

    private static Weight take(Path folder, Gpt2Tensor tensor, Map<String, StoredTensor> left) {
        StoredTensor stored = left.remove(tensor.name());
        if (stored == null) {
            throw new InvalidInputException(folder + " has no tensor " + tensor.name() + ", with or without "
                    + Gpt2Tensor.PREFIX + " before it");
        }
        if (!stored.isFloat()) {
            throw new InvalidInputException(stored.described() + "; legal: F32, F16 or BF16");
        }
        requireDescribed(stored, tensor, stored.entry().type());
        return new Weight(tensor, stored);
    }

    private static void requireDescribed(StoredTensor stored, Gpt2Tensor tensor, String type) {
        if (!stored.entry().shape().equals(tensor.shape())
                || !stored.entry().type().equals(type)) {
            throw new InvalidInputException(stored.described() + "; legal: " + type + tensor.shape() + ", as "
                    + HuggingFaceConfig.FILE + " describes the model");
        }
    }

    private static String some(Set<String> names) {
        List<String> first = names.stream().limit(3).toList();
        return String.join(", ", first) + (names.size() > 3 ? " and " + (names.size() - 3) + " more" : "");
    }
}
