package io.sparktron.prep.pack;

import java.util.List;

/**
 * What packing made of the kept documents.
 *
 * @param splits of the corpus that are asked for
 * @param sources what each gave to the training split
 */
public record PackReport(List<Split> splits, List<Source> sources) {
    /**
     * @param name of the split, also the folder's name
     * @param documents documents in it, each counted once
     * @param characters their characters
     * @param tokens of all copies; for GPT: N, with every end-of-text; for BERT: without special ones
     * @param samples K
     * @param tailTokens tokens that are in no sample: for GPT those at the end of the stream, for BERT sentences left alone at the end of a document
     * @param files Parquet files
     */
    public record Split(
            String name, long documents, long characters, long tokens, long samples, long tailTokens, int files) {}

    /**
     * A source in the training split.
     *
     * @param name of the source
     * @param documents of it that can be in the training split
     * @param tokens of those, each counted once
     * @param writtenDocuments documents in the split, each as often as it stands there
     * @param writtenTokens tokens in the split
     * @param wantedShare of the split's tokens, from 0 to 1; without weights that of {@code tokens}
     */
    public record Source(
            String name,
            long documents,
            long tokens,
            long writtenDocuments,
            long writtenTokens,
            double wantedShare,
            double reachedShare) {
        /** How often its tokens stand in the split, on average. */
        public double epochs() {
            return share(writtenTokens, tokens);
        }
    }

    static double share(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }

    public PackReport {
        splits = List.copyOf(splits);
        sources = List.copyOf(sources);
    }
}
