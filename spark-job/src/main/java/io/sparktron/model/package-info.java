/**
 * GPT, written with the parallel pieces (paper, section 3).
 *
 * <pre>
 *   b  micro-batch, samples    s  sequence    n = b s            h  hidden size
 *   A  heads of the model      a  heads on this rank = A / t     d  size of one head = h / A
 *   F  width of the MLP = 4h   f  width on this rank = F / t     t  ranks of the tensor group
 *   V  vocabulary              v  vocabulary rows held by this rank, padding included
 *   p  learned positions
 * </pre>
 */
package io.sparktron.model;
