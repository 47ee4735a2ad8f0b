package io.sparktron.kernels.check;

/**
 * What a check has found.
 *
 * @param kernel interface and method, such as {@code normalization.backward}
 * @param operands type and shapes
 * @param share largest distance from the oracle, as a share of its bound; 0 where all bits are equal
 * @param problem one line that says what is off; empty if nothing is
 */
public record Outcome(String kernel, String operands, double share, String problem) {
    public boolean isOk() {
        return problem.isEmpty();
    }

    @Override
    public String toString() {
        return kernel + " " + operands + ": " + (isOk() ? "ok" : problem);
    }
}
