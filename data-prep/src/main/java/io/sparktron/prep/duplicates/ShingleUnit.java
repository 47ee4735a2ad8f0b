package io.sparktron.prep.duplicates;

import io.sparktron.tokens.InvalidInputException;
import java.util.Locale;

/** What a shingle is a run of. */
public enum ShingleUnit {
    WORDS,
    CHARACTERS;

    /** @throws InvalidInputException if there is none of this name */
    public static ShingleUnit named(String name) {
        for (ShingleUnit unit : values()) {
            if (unit.key().equals(name)) {
                return unit;
            }
        }
        throw new InvalidInputException("prep.duplicates.unit = " + name + ": must be words or characters");
    }

    /** The name in a configuration. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
