/**
 * Tensor and data parallelism (Shoeybi et al., arXiv 1909.08053, section 3): who is in which group, where the parts of a parameter lie, and
 * layers whose matrices are split over a tensor group, with one all-reduce forward and one backward for each pair of them or, where the group also shares the rows between
 * them, a reduce-scatter and all-gathers.
 *
 * <pre>
 *   t  ranks of a tensor group       n  rows = micro-batch x sequence
 *   rows  those of n that this rank holds outside of split regions: n, or n / t
 *   in, out  columns of a linear layer's input and output, over all ranks
 *   V  vocabulary                    v  vocabulary rows held by this rank = ceil(V / t), rounded up to the device's alignment
 *   b  micro-batch    s  sequence    h  hidden size    p  learned positions
 * </pre>
 */
package io.sparktron.parallel;
