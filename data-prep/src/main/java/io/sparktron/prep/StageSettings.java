package io.sparktron.prep;

import io.sparktron.tokens.InvalidInputException;
import java.io.Serializable;
import java.util.List;

/**
 * Where the stages store their tables, and which of them are to be done again whatever is there. Neither changes any result.
 *
 * @param work {@code prep.work}: the folder; empty for {@code stages} below the output
 * @param restage {@code prep.restage}: names of stages; what depends on them is done again, too
 */
public record StageSettings(String work, List<String> restage) implements Serializable {
    /** The stages in their order; some are only done where they are asked for. */
    static final List<String> NAMES = List.of(
            "documents",
            "measures",
            "filtered",
            "exact",
            "signatures",
            "near",
            "evaluation",
            "suspects",
            "contamination",
            "fates",
            "giant-buckets",
            "overlap");

    public static final StageSettings DEFAULT = new StageSettings("", List.of());

    public StageSettings {
        restage = List.copyOf(restage);
        for (String name : restage) {
            if (!NAMES.contains(name)) {
                throw new InvalidInputException("prep.restage = " + name + "; legal: " + String.join(", ", NAMES));
            }
        }
    }
}
