/**
 * Typed, shaped memory on a device, and the queues that order work on it. A {@link io.sparktron.tensor.Tensor} is a view; {@link
 * io.sparktron.tensor.Memory} owns; {@link io.sparktron.tensor.Allocator} and {@link io.sparktron.tensor.Frame} hand out.
 */
package io.sparktron.tensor;
