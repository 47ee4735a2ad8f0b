package io.sparktron.prep.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.sparktron.prep.pack.PackReport;
import io.sparktron.prep.read.DropReason;
import java.util.List;

/**
 * What data preparation read, dropped and wrote. Characters are Unicode code points after normalisation.
 *
 * @param kept true if the output was complete already and nothing was done
 * @param documents documents read, dropped ones included
 * @param characters their characters, as far as they could be read
 * @param dropped documents that are in no split, by reason; reasons that did not occur are left out
 * @param splits {@code train} and, where asked for, {@code validation} and {@code test}
 * @param sources what each source gave to the training split
 */
public record PrepReport(
        @JsonIgnore boolean kept,
        long documents,
        long characters,
        List<Dropped> dropped,
        List<Split> splits,
        List<PackReport.Source> sources) {
    /**
     * @param reason the label of a {@link DropReason}
     * @param documents how many
     * @param characters their characters; 0 if they could not be read
     * @param example where one of them is: the first in order of locations
     */
    public record Dropped(String reason, long documents, long characters, String example) {}

    /**
     * @param name {@code train} or {@code validation}, also the folder's name
     * @param documents documents in the stream
     * @param characters their characters
     * @param tokens for GPT: N, with an end-of-text for each document; for BERT: of the documents, without special ones
     * @param samples K
     * @param tailTokens tokens that are in no sample: for GPT those at the end of the stream, for BERT sentences left alone at the end of a document
     * @param files Parquet files
     */
    public record Split(
            String name, long documents, long characters, long tokens, long samples, long tailTokens, int files) {}

    public PrepReport {
        dropped = List.copyOf(dropped);
        splits = List.copyOf(splits);
        sources = sources == null ? List.of() : List.copyOf(sources); // another version wrote none
    }

    public PrepReport asKept() {
        return new PrepReport(true, documents, characters, dropped, splits, sources);
    }
}
