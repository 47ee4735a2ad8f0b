package io.sparktron.tokenizer;

import io.sparktron.tokens.InvalidInputException;
import java.util.Optional;

/** The tokenizers by the name that settings, manifests and checkpoints call them. */
public final class Tokenizers {
    private Tokenizers() {}

    /** @throws InvalidInputException if there is no tokenizer of that name */
    public static Tokenizer named(String name) {
        return find(name)
                .orElseThrow(() ->
                        new InvalidInputException("there is no tokenizer " + name + "; legal: " + Gpt2Tokenizer.NAME));
    }

    /** The tokenizer of that name, if there is one. */
    public static Optional<Tokenizer> find(String name) {
        return name.equals(Gpt2Tokenizer.NAME) ? Optional.of(Gpt2Tokenizer.get()) : Optional.empty();
    }
}
