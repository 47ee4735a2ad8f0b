/**
 * GPT and BERT, written with the parallel pieces (paper, section 3). A model is made for a {@link io.sparktron.model.Mode}: training, with dropout, recomputation, and rows that a
 * tensor group may share, or inference with none of it.
 *
 * <pre>
 *   b  micro-batch, samples    s  sequence    n = b s            h  hidden size
 *   A  heads of the model      a  heads on this rank = A / t     d  size of one head = h / A
 *   F  width of the MLP = 4h   f  width on this rank = F / t     t  ranks of the tensor group
 *   V  vocabulary              v  vocabulary rows held by this rank, padding included
 *   p  learned positions
 *   rows  those of n that a rank holds between the split regions: n, or n / t where the tensor group shares them
 * </pre>
 */
package io.sparktron.model;
