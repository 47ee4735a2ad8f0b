/**
 * Exact and near duplicates.
 *
 * <p>Exact duplicates share the digest of their folded text. Near duplicates share more than a threshold of their shingles (Jaccard index). Pairs
 * that may do so are found by MinHash signatures cut into bands (Broder, "On the resemblance and containment of documents", 1997; Leskovec,
 * Rajaraman, Ullman, "Mining of Massive Datasets", chapter 3); every pair that decides something is then verified on the exact sets.
 *
 * <p>Precedence orders documents: most characters first, then the smaller priority of the source, then the smaller id. Of duplicates the first is kept.
 */
package io.sparktron.prep.duplicates;
