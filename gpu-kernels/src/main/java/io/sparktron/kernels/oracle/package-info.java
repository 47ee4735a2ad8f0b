/**
 * The slow, obvious truth that every other backend is compared with: plain loops over single elements, every sum and every function in
 * double, rounded once when a result is stored. It has nothing in common with the fast backends but its device.
 *
 * <p>Shape letters are those of {@link io.sparktron.kernels}.
 */
package io.sparktron.kernels.oracle;
