/**
 * From a token dataset to micro-batches: which samples a step takes, in which order, read ahead of need. Nothing here depends on the layout but
 * {@link io.sparktron.data.Positions}.
 *
 * <pre>
 *   b  micro-batch, samples    s  sequence; a sample of GPT has s + 1 ids, one of BERT at most s
 * </pre>
 */
package io.sparktron.data;
