/**
 * Documents to samples: the splits, the shuffled token stream and its files for GPT, pairs of segments for BERT.
 */
package io.sparktron.prep.pack;
