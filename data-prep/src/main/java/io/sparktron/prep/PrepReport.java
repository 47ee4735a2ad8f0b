package io.sparktron.prep;

import java.util.List;

/**
 * What data preparation read, dropped and wrote; {@code report.json} is its JSON.
 *
 * @param kept true if the output was complete already and nothing was done
 * @param inputFiles number of files read
 * @param inputBytes their length as stored
 * @param documents documents read, dropped ones included
 * @param dropped documents that are in no split, by reason
 * @param splits {@code train} and, where asked for, {@code validation}
 */
public record PrepReport(
        boolean kept, long inputFiles, long inputBytes, long documents, List<Dropped> dropped, List<Split> splits) {
    /**
     * @param reason why: see {@link DropReason}
     * @param documents how many
     * @param characters their length in code points, as far as they could be read
     * @param example where one of them is: the first in order of names
     */
    public record Dropped(String reason, long documents, long characters, String example) {}

    /**
     * @param name {@code train} or {@code validation}, also the folder's name
     * @param documents documents in the stream
     * @param characters their length in code points
     * @param tokens N, with an end-of-text for each document
     * @param samples K
     * @param tailTokens tokens at the end of the stream that fill no whole sample
     */
    public record Split(String name, long documents, long characters, long tokens, long samples, long tailTokens) {}

    public PrepReport {
        dropped = List.copyOf(dropped);
        splits = List.copyOf(splits);
    }
}
