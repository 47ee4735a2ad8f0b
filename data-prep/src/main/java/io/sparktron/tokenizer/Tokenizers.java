package io.sparktron.tokenizer;

import io.sparktron.tokens.InvalidInputException;

/** The tokenizers by the name that settings, manifests and checkpoints call them. */
public final class Tokenizers {
    private Tokenizers() {}

    /** @throws InvalidInputException if there is no tokenizer of that name */
    public static Tokenizer named(String name) {
        if (name.equals(Gpt2Tokenizer.NAME)) {
            return new Gpt2Tokenizer();
        }
        throw new InvalidInputException("there is no tokenizer " + name + "; legal: " + Gpt2Tokenizer.NAME);
    }
}
