package io.sparktron.command;

import static io.sparktron.command.Readers.LAYOUTS;
import static io.sparktron.command.Readers.MODELS;
import static io.sparktron.command.Readers.RANKS;

import io.sparktron.model.ModelConfig.Family;
import io.sparktron.model.ModelConfig.LayerOrder;
import java.util.List;

/** The model and how it is split. */
final class ModelKeys {
    private static final KeyTable TABLE = new KeyTable();

    static final Key<Family> FAMILY = TABLE.unset(
            "model.family",
            ValueType.choice(List.of(Family.values())),
            "",
            "the dataset's; plan: gpt",
            "what is trained: gpt tells the next token, bert masked tokens and the order of two segments; must be the dataset's",
            MODELS);
    static final Key<Integer> LAYERS = model("layers", "", "train.init-from's", "transformer layers");
    static final Key<Integer> HIDDEN = model("hidden", "", "train.init-from's", "width of a token's representation");
    static final Key<Integer> HEADS =
            model("heads", "", "train.init-from's", "attention heads of a layer; divides model.hidden");
    static final Key<Integer> SEQUENCE = model(
            "sequence",
            "tokens",
            "the dataset's; plan: model.positions, else 1024, for bert 512",
            "length of a sample; must be the dataset's");
    static final Key<Integer> POSITIONS =
            model("positions", "tokens", "model.sequence", "learned positions, at least model.sequence");
    static final Key<Integer> VOCABULARY = model(
            "vocabulary", "tokens", "the dataset's; plan: 50257, for bert 30522", "token ids; must be the dataset's");
    static final Key<LayerOrder> LAYER_ORDER = TABLE.unset(
            "model.layer-order",
            ValueType.choice(List.of(LayerOrder.values())),
            "",
            "train.init-from's, else pre",
            "where a layer takes its residuals: pre, before the layer norms, as GPT-2 and the paper's BERT; post, after them, as the first BERT",
            MODELS);
    static final Key<Double> DROPOUT = TABLE.with(
            "model.dropout",
            ValueType.NUMBER,
            "",
            "0.1",
            "probability, below 1, that training drops a value of the embeddings, the attention probabilities and both residual branches",
            MODELS);
    static final Key<Integer> TENSOR = TABLE.with(
            "parallel.tensor", ValueType.integer(1), "ranks", "1", "ranks that each layer is split over", LAYOUTS);
    static final Key<Integer> DATA = TABLE.unset(
            "parallel.data",
            ValueType.integer(1),
            "copies",
            "slots / parallel.tensor of a given master, else 1",
            "copies of the model that share a global batch",
            LAYOUTS);
    static final Key<Boolean> SEQUENCE_PARALLEL = TABLE.with(
            "parallel.sequence",
            ValueType.FLAG,
            "",
            "false",
            "whether the ranks that share every layer also share the rows between its products; parallel.tensor must divide model.sequence",
            MODELS);
    static final Key<Boolean> OPTIMIZER_SHARDING = TABLE.with(
            "parallel.optimizer-sharding",
            ValueType.FLAG,
            "",
            "false",
            "whether the copies of the model divide the optimizer's state among them",
            MODELS);
    static final Key<Boolean> ACROSS_HOSTS = TABLE.unset(
            "parallel.across-hosts",
            ValueType.FLAG,
            "",
            "a warning on CPUs, refused on GPUs",
            "whether the ranks that share every layer may be on several hosts",
            RANKS);

    private ModelKeys() {}

    static List<Key<?>> all() {
        return TABLE.keys();
    }

    private static Key<Integer> model(String name, String unit, String unset, String description) {
        return TABLE.unset("model." + name, ValueType.integer(1), unit, unset, description, MODELS);
    }
}
