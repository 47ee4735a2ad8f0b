package io.sparktron.model;

import java.util.OptionalInt;

/** The {@code model.*} settings as given; what is empty comes from the dataset or from the checkpoint that training starts from. */
public record ModelRequest(
        OptionalInt layers,
        OptionalInt hidden,
        OptionalInt heads,
        OptionalInt sequence,
        OptionalInt positions,
        OptionalInt vocabulary) {}
