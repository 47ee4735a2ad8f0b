package io.sparktron.kernels.check;

import io.sparktron.tensor.DType;
import java.io.Serializable;
import java.util.Locale;

/**
 * What a check has found.
 *
 * @param kernel interface and method, such as {@code normalization.backward}
 * @param type of the operands
 * @param operands shapes, flags
 * @param share largest distance from what is expected, as a share of its bound; 0 where all bits are equal
 * @param problem one line that says what is off; empty if nothing is
 */
public record Outcome(String kernel, DType type, String operands, double share, String problem)
        implements Serializable {
    private static final String FAILED = "failed: ";

    /** A check that an exception has ended. */
    static Outcome failed(String kernel, DType type, String operands, RuntimeException failure) {
        String words = FAILED + failure;
        return new Outcome(kernel, type, operands, 0, words.strip().replaceAll("\\s*\\R\\s*", " "));
    }

    public boolean isOk() {
        return problem.isEmpty();
    }

    /** Whether it could not be run to its end. */
    public boolean hasFailed() {
        return problem.startsWith(FAILED);
    }

    /** The same, of one device of several. */
    public Outcome on(String device) {
        return isOk() ? this : new Outcome(kernel, type, operands, share, problem + " (" + device + ")");
    }

    @Override
    public String toString() {
        return kernel + " " + type.name().toLowerCase(Locale.ROOT) + " " + operands + ": " + (isOk() ? "ok" : problem);
    }
}
