/**
 * The GPU: JCuda's driver API, cuBLAS for matrix products, and kernels of {@code src/main/cuda} that NVRTC compiles for the device when they are first used. Every kernel
 * call only enqueues on its queue, a stream; what fails on the device shows at the next call that waits.
 *
 * <p>Shapes as in {@link io.sparktron.kernels}.
 */
package io.sparktron.kernels.cuda;
