package io.sparktron.prep.pack;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of a corpus, and which of them a key falls into: the draws of validation are the lowest, those of the test split follow. So a test split added later leaves
 * the validation split as it is.
 */
public record Splits(double validationFraction, double testFraction) implements Serializable {
    public static final String TRAIN = "train";
    public static final String VALIDATION = "validation";
    public static final String TEST = "test";

    /** Those that are not empty by intention. */
    public List<String> names() {
        List<String> names = new ArrayList<>(List.of(TRAIN));
        if (validationFraction > 0) {
            names.add(VALIDATION);
        }
        if (testFraction > 0) {
            names.add(TEST);
        }
        return names;
    }

    String of(byte[] key) {
        double draw = DocumentKey.draw(key);
        if (draw < validationFraction) {
            return VALIDATION;
        }
        return draw < validationFraction + testFraction ? TEST : TRAIN;
    }
}
