package io.sparktron.convert;

import io.sparktron.model.ModelConfig;
import io.sparktron.storage.Storage;
import io.sparktron.tokenizer.WordPieceVocabulary;
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
 * A Hugging Face folder that holds a GPT-2 or a MegatronBert which we can be: every tensor is there with its shape, and no other.
 *
 * @param model ours: that of the configuration without ids that pad the vocabulary
 * @param parameters in groups that fit in memory together
 * @param copies of what is stored elsewhere too, such as the output embedding, and must be equal
 * @param ignored names of tensors without anything learned of their own: causal masks, numbers of positions, those copies
 */
public record HuggingFaceModel(
        Path folder,
        HuggingFaceConfig config,
        ModelConfig model,
        List<List<Weight>> parameters,
        List<Copy> copies,
        List<String> ignored) {
    /** Megatron-LM pads vocabularies to a multiple of this, and of the size of a tensor group besides. */
    private static final int PADDED_TO = 128;

    private static final int LARGEST_GROUP = 8;
    /** A parameter and where it is. */
    record Weight(HuggingFaceTensor parameter, StoredTensor stored) {}

    /** A tensor that must be equal to another. */
    record Copy(StoredTensor copy, StoredTensor of) {}

    /**
     * What tells one kind of model from the other.
     *
     * @param title as people call it
     * @param layersKey of {@code config.json}
     * @param ofLayer names of the tensors of a layer, its number being the first group
     * @param empty names of tensors without anything learned
     * @param copies names of copies, and of what they copy
     */
    private record Kind(String title, String layersKey, Pattern ofLayer, Pattern empty, Map<String, String> copies) {
        private static final Kind GPT2 = new Kind(
                "GPT-2",
                "n_layer",
                Pattern.compile("h\\.(\\d+)\\..*"),
                Pattern.compile("h\\.\\d+\\.attn\\.(masked_)?bias"),
                Map.of("lm_head.weight", "wte.weight"));
        private static final Kind BERT = new Kind(
                "MegatronBert",
                "num_hidden_layers",
                Pattern.compile("bert\\.encoder\\.layer\\.(\\d+)\\..*"),
                Pattern.compile("bert\\.embeddings\\.position_ids"),
                Map.of(
                        "cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight",
                        "cls.predictions.decoder.bias", "cls.predictions.bias"));

        static Kind of(ModelConfig config) {
            return config.family() == ModelConfig.Family.BERT ? BERT : GPT2;
        }
    }

    /** Whether a folder is meant to be one: it has a {@code config.json}. */
    public static boolean isOne(Path folder, Configuration hadoop) throws IOException {
        return Storage.exists(new Path(folder, HuggingFaceConfig.FILE), hadoop);
    }

    /**
     * Reads {@code config.json} and the headers of the weights, not the weights.
     *
     * @throws InvalidInputException if the folder holds no GPT-2 and no MegatronBert, or one that we cannot be
     */
    public static HuggingFaceModel open(Path folder, Configuration hadoop) throws IOException {
        try {
            HuggingFaceConfig config = HuggingFaceConfig.read(folder, hadoop);
            Map<String, StoredTensor> left = new TreeMap<>(HuggingFaceWeights.of(folder, hadoop));
            Kind kind = Kind.of(config.model());
            List<String> ignored = left.keySet().stream()
                    .filter(name -> kind.empty().matcher(name).matches()
                            || kind.copies().containsKey(name))
                    .toList();
            Map<String, StoredTensor> all = new TreeMap<>(left);
            left.keySet().removeAll(ignored);
            requireLayers(folder, config.model(), left.keySet());
            ModelConfig model = withoutPadding(config.model(), new TokenizerFiles(folder, hadoop));
            List<List<Weight>> parameters = new ArrayList<>();
            for (List<HuggingFaceTensor> group : HuggingFaceTensor.all(model, config.model())) {
                parameters.add(
                        group.stream().map(tensor -> take(folder, tensor, left)).toList());
            }
            if (!left.isEmpty()) {
                throw new InvalidInputException(
                        folder + " has tensors that " + kind.title() + " has not: " + some(left.keySet()));
            }
            List<Copy> copies = kind.copies().entrySet().stream()
                    .filter(copy -> all.containsKey(copy.getKey()))
                    .sorted(Map.Entry.comparingByKey())
                    .map(copy -> new Copy(all.get(copy.getKey()), all.get(copy.getValue())))
                    .toList();
            copies.forEach(HuggingFaceModel::requireSameShape);
            return new HuggingFaceModel(folder, config, model, parameters, copies, ignored);
        } catch (FileNotFoundException e) {
            throw new InvalidInputException(folder + " is no Hugging Face folder: " + e.getMessage(), e);
        }
    }

    /** The model of as many ids as there are word pieces, where its vocabulary is longer only since Megatron-LM pads it. */
    private static ModelConfig withoutPadding(ModelConfig padded, TokenizerFiles files) throws IOException {
        if (padded.family() != ModelConfig.Family.BERT || padded.vocabulary() % PADDED_TO != 0) {
            return padded;
        }
        int pieces = files.pieces().map(WordPieceVocabulary::size).orElse(padded.vocabulary());
        int padding = padded.vocabulary() - pieces;
        return padding > 0 && padding < PADDED_TO * LARGEST_GROUP ? padded.withVocabulary(pieces) : padded;
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
            Matcher matcher = Kind.of(config).ofLayer().matcher(name);
            if (matcher.matches()) {
                layers.add(matcher.group(1));
            }
        }
        if (layers.size() != config.layers()) {
            throw new InvalidInputException(new Path(folder, HuggingFaceConfig.FILE) + ": "
                    + Kind.of(config).layersKey() + " is " + config.layers() + "; legal: " + layers.size()
                    + ", as there are tensors of so many layers");
        }
    }

    private static Weight take(Path folder, HuggingFaceTensor tensor, Map<String, StoredTensor> left) {
        StoredTensor stored = left.remove(tensor.name());
        if (stored == null) {
            throw new InvalidInputException(folder + " has no tensor " + tensor.name()
                    + (tensor.name().contains("bert.") || tensor.name().startsWith("cls.")
                            ? ""
                            : ", with or without " + HuggingFaceTensor.PREFIX + " before it"));
        }
        if (!stored.isFloat()) {
            throw new InvalidInputException(stored.described() + "; legal: F32, F16 or BF16");
        }
        requireDescribed(stored, tensor, stored.entry().type());
        return new Weight(tensor, stored);
    }

    private static void requireDescribed(StoredTensor stored, HuggingFaceTensor tensor, String type) {
        if (!stored.entry().shape().equals(tensor.shape())
                || !stored.entry().type().equals(type)) {
            throw new InvalidInputException(stored.described() + "; legal: " + type + tensor.shape() + ", as "
                    + HuggingFaceConfig.FILE + " describes the model");
        }
    }

    private static void requireSameShape(Copy pair) {
        StoredTensor copy = pair.copy();
        StoredTensor of = pair.of();
        if (!copy.entry().shape().equals(of.entry().shape())
                || !copy.entry().type().equals(of.entry().type())) {
            throw new InvalidInputException(
                    copy.described() + "; legal: " + of.entry().type()
                            + of.entry().shape() + ", as " + HuggingFaceConfig.FILE + " describes the model");
        }
    }

    private static String some(Set<String> names) {
        List<String> first = names.stream().limit(3).toList();
        return String.join(", ", first) + (names.size() > 3 ? " and " + (names.size() - 3) + " more" : "");
    }
}
