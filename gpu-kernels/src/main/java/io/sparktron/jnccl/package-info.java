/**
 * JNCCL: NCCL for Java in the manner of JCuda. {@link io.sparktron.jnccl.JNCCL} has the functions of {@code nccl.h} under their own names; the other classes
 * are its types and constants. It needs JCuda, JNA and {@code libnccl.so.2} (2.19 or later), and nothing else of this project.
 */
package io.sparktron.jnccl;
