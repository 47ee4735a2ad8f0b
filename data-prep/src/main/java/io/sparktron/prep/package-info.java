/**
 * Corpus to token dataset, with Spark SQL: read, normalise, filter, deduplicate, split, tokenize, pack, report. The result is a function of
 * the input files and the settings alone; partitions, parallelism and retried tasks do not change a byte of it.
 *
 * <pre>
 *   S  sequence: the length of the model's input; a sample of GPT has S + 1 ids, one of BERT at most S
 *   N  tokens of a split's stream, end-of-text of every document included
 *   K  samples of a split; of GPT (N - 1) div S; sample k = tokens kS ... kS + S, so neighbours share one token
 *   F  samples per file
 * </pre>
 */
package io.sparktron.prep;
