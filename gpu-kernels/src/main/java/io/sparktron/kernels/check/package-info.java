/**
 * Kernels of any backend held against the oracle, on operands of their own: what {@code gpu-check} runs on the first real GPU, and tests on every backend. A
 * {@link io.sparktron.kernels.check.Check} is a call with its operands and the bound of each result; bounds follow from the unit roundoff of the types and the lengths
 * of the sums (Higham, "Accuracy and stability of numerical algorithms", chapter 3), never from what was measured.
 *
 * <p>Shapes are those of {@link io.sparktron.kernels}.
 */
package io.sparktron.kernels.check;
