/**
 * The operation set that the model is written in. Every method enqueues on its first argument, a queue, and returns nothing:
 * so a backend can be a GPU stream, an eager host, or a decorator that defers. A tensor argument named in the plural of
 * accumulation ("+=") is added to; every other output is overwritten.
 *
 * <p>Shapes, here and in the packages above:
 *
 * <pre>
 *   n  rows = micro-batch x sequence          b  micro-batch, samples
 *   h  hidden size                            s  sequence length
 *   c  columns of a matrix in general         a  attention heads on this rank
 *   v  vocabulary columns held by this rank   d  size of one head
 *   p  learned positions                      f  width of the MLP on this rank (4h / tensor size)
 * </pre>
 */
package io.sparktron.kernels;
