package io.sparktron.model;

import io.sparktron.model.ModelConfig.Family;
import io.sparktron.model.ModelConfig.LayerOrder;
import io.sparktron.tokens.InvalidInputException;
import io.sparktron.tokens.Manifest;
import java.util.Optional;
import java.util.OptionalInt;

/** The {@code model.*} settings as given; what is empty comes from the dataset or from the checkpoint that training starts from. */
public record ModelRequest(
        Optional<Family> family,
        OptionalInt layers,
        OptionalInt hidden,
        OptionalInt heads,
        OptionalInt sequence,
        OptionalInt positions,
        OptionalInt vocabulary,
        Optional<LayerOrder> layerOrder) {
    /** Of the family that the rest tells, in its usual order. */
    public ModelRequest(
            OptionalInt layers,
            OptionalInt hidden,
            OptionalInt heads,
            OptionalInt sequence,
            OptionalInt positions,
            OptionalInt vocabulary) {
        this(Optional.empty(), layers, hidden, heads, sequence, positions, vocabulary, Optional.empty());
    }

    /** What a run takes over from the model that it starts from: all but the sequence and the vocabulary, which are the data's. */
    public static ModelRequest of(ModelConfig model) {
        return new ModelRequest(
                Optional.of(model.family()),
                OptionalInt.of(model.layers()),
                OptionalInt.of(model.hidden()),
                OptionalInt.of(model.heads()),
                OptionalInt.empty(),
                OptionalInt.of(model.positions()),
                OptionalInt.empty(),
                Optional.of(model.layerOrder()));
    }

    /** What a dataset tells of the models that it is for. */
    public static ModelRequest of(Manifest data) {
        OptionalInt unset = OptionalInt.empty();
        return new ModelRequest(
                Optional.of(Family.named(data.family())),
                unset,
                unset,
                unset,
                OptionalInt.of(data.sequence()),
                unset,
                OptionalInt.of(data.tokenizer().vocabulary()),
                Optional.empty());
    }

    /** What is given here, and where nothing is, what is given there. */
    public ModelRequest or(ModelRequest other) {
        return new ModelRequest(
                family.or(other::family),
                or(layers, other.layers),
                or(hidden, other.hidden),
                or(heads, other.heads),
                or(sequence, other.sequence),
                or(positions, other.positions),
                or(vocabulary, other.vocabulary),
                layerOrder.or(other::layerOrder));
    }

    private static OptionalInt or(OptionalInt one, OptionalInt other) {
        return one.isPresent() ? one : other;
    }

    /**
     * The model. Unless given it is a GPT, as many positions as the sequence has, and residuals taken before the layer norms.
     *
     * @throws InvalidInputException if it cannot be, or if a key that is needed is empty, naming it
     */
    public ModelConfig config() {
        int tokens = needed("model.sequence", sequence);
        return new ModelConfig(
                family.orElse(Family.GPT),
                needed("model.layers", layers),
                needed("model.hidden", hidden),
                needed("model.heads", heads),
                tokens,
                positions.orElse(tokens),
                needed("model.vocabulary", vocabulary),
                layerOrder.orElse(LayerOrder.PRE));
    }

    private static int needed(String key, OptionalInt value) {
        return value.orElseThrow(
                () -> new InvalidInputException(
                        key
                                + " is not set; legal: a number of at least 1 (a preset of conf/ sets it, or, of a training, train.init-from brings it)"));
    }
}
