package io.sparktron.prep.pack;

import java.util.List;

/** What packing made of the kept documents. */
public record PackReport(List<Split> splits) {
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

    public PackReport {
        splits = List.copyOf(splits);
    }
}
