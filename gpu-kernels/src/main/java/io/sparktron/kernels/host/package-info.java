/**
 * The CPU as a device: matrix products by OpenBLAS, everything else by the Java Vector API over native memory. Bits depend neither on the
 * JIT compiler, nor on the JDK, nor on the vector width of the machine.
 *
 * <p>Shape letters are those of {@link io.sparktron.kernels}.
 */
package io.sparktron.kernels.host;
