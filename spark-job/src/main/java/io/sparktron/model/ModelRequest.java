package io.sparktron.model;

import io.sparktron.model.ModelConfig.Family;
import io.sparktron.model.ModelConfig.LayerOrder;
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
}
